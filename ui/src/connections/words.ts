/** Words for connections: their kinds and modes, and what a key can read. */
import type { ConnectionInfo, TypeAccessInfo } from "../api/types";
import type { Tone } from "../app/Tag";

export const modes: Record<ConnectionInfo["mode"], { label: string; tone: Tone }> = {
  sandbox: { label: "Sandbox", tone: "warn" },
  test: { label: "Test data", tone: "plain" },
  live: { label: "Live data", tone: "good" },
};

export const kinds: Record<ConnectionInfo["kind"], string> = {
  sandbox: "Built-in sandbox",
  environment: "Key of the environment",
  key: "Key",
  connect: "OAuth, Connect platform",
  app: "OAuth, Stripe App",
};

/** "an encrypted file", "the keychain of this desktop". */
export const keptIn = (place: string) => (place === "encrypted file" ? "an encrypted file" : `the ${place}`);

export const byOAuth = (connection: ConnectionInfo) =>
  connection.kind === "connect" || connection.kind === "app";

export function accessText(type: TypeAccessInfo): string {
  switch (type.access) {
    case "readable":
      return "readable";
    case "not_permitted":
      return type.permission ? `not permitted: the key lacks ${type.permission}` : "not permitted";
    case "not_enabled":
      return type.message ? `not enabled: ${type.message}` : "not enabled for this account";
    case "needs_parameter":
      return `not tried: Stripe lists it for one ${type.message ?? "object"} at a time`;
    case "failed":
      return type.message ? `could not be tried: ${type.message}` : "could not be tried";
  }
}

/** "9 of 10 data types can be read". */
export function readableText(types: TypeAccessInfo[]): string {
  const readable = types.filter((type) => type.access === "readable").length;
  const noun = types.length === 1 ? "data type" : "data types";
  return `${readable} of ${types.length} ${noun} can be read`;
}
