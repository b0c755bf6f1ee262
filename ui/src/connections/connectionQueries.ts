/**
 * What the page asks about connections, and what it does with them. A key is an argument on its way to the server and is kept
 * nowhere here. Lists are asked for anew when the server says that they changed: see api/events.ts.
 */
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { del, get, patch, post, put, segment } from "../api/client";
import { keys, queryClient, useFrames } from "../api/queries";
import type {
  ConnectionInfo,
  Frame,
  GrantInfo,
  KeyPages,
  OAuthAppInfo,
  OAuthAppKind,
  OAuthApps,
  RemovedConnection,
} from "../api/types";

const of = (connection: ConnectionInfo) => `/connections/${segment(connection.id)}`;

async function changed<T>(answer: T): Promise<T> {
  await queryClient.invalidateQueries({ queryKey: keys.connections });
  return answer;
}

export const addKey = (name: string, key: string, dataTypes: string[]) =>
  post<ConnectionInfo>("/connections", { name, key, data_types: dataTypes }).then(changed);

export const replaceKey = (connection: ConnectionInfo, key: string, dataTypes: string[]) =>
  put<ConnectionInfo>(`${of(connection)}/key`, { key, data_types: dataTypes }).then(changed);

export const tryAgain = (connection: ConnectionInfo) =>
  post<ConnectionInfo>(`${of(connection)}/try`, { data_types: null }).then(changed);

export const renameConnection = (connection: ConnectionInfo, name: string) =>
  patch<ConnectionInfo>(of(connection), { name }).then(async (renamed) => {
    // The frames that came from it carry its name.
    await Promise.all([
      queryClient.invalidateQueries({ queryKey: keys.frames }),
      queryClient.invalidateQueries({ queryKey: ["frame"] }),
    ]);
    return changed(renamed);
  });

export const removeConnection = (connection: ConnectionInfo) =>
  del<RemovedConnection>(of(connection)).then(async (removed) => {
    await queryClient.invalidateQueries({ queryKey: keys.frames });
    return changed(removed);
  });

/** The data frames that are imported with a connection. */
export function useFramesOf(connection: ConnectionInfo): Frame[] {
  const frames = useFrames();
  return (frames.data ?? []).filter((frame) => frame.request?.connection === connection.id);
}

/** Stripe's pages for a key that may read these data types and nothing else. */
export const useKeyPages = (name: string, dataTypes: string[]) =>
  useQuery({
    queryKey: ["key-pages", name, dataTypes],
    queryFn: ({ signal }) => post<KeyPages>("/key-pages", { name, data_types: dataTypes }, signal),
    placeholderData: keepPreviousData,
    gcTime: 60_000,
  });

export const useOAuthApps = () =>
  useQuery({
    queryKey: [...keys.oauth, "apps"],
    queryFn: ({ signal }) => get<OAuthApps>("/oauth/apps", signal),
  });

const appChanged = <T>(answer: T) =>
  queryClient.invalidateQueries({ queryKey: keys.oauth }).then(() => answer);

export const setApp = (kind: OAuthAppKind, clientId: string, secret: string, redirectUri: string) =>
  put<OAuthAppInfo>(`/oauth/apps/${kind}`, {
    client_id: clientId,
    secret,
    redirect_uri: redirectUri,
  }).then(appChanged);

export const setSandboxApp = (kind: OAuthAppKind) =>
  post<OAuthAppInfo>(`/oauth/apps/${kind}/sandbox`).then(appChanged);

export const removeApp = (kind: OAuthAppKind) => del<void>(`/oauth/apps/${kind}`).then(appChanged);

export const beginGrant = (kind: OAuthAppKind, name: string, replaces: string | null) =>
  post<GrantInfo>("/oauth/grants", { kind, name, replaces });

export const cancelGrant = (grant: GrantInfo) => del<GrantInfo>(`/oauth/grants/${segment(grant.id)}`);

export const answerGrant = (grant: GrantInfo, text: string) =>
  post<GrantInfo>(`/oauth/grants/${segment(grant.id)}/answer`, { text });

/** How far a request for access is; asked anew whenever the server says that something changed. */
export const useGrant = (begun: GrantInfo) =>
  useQuery({
    queryKey: [...keys.oauth, "grant", begun.id],
    queryFn: ({ signal }) => get<GrantInfo>(`/oauth/grants/${segment(begun.id)}`, signal),
    initialData: begun,
    // Of a moment ago: what happens next is told by events.
    staleTime: 1000,
  });
