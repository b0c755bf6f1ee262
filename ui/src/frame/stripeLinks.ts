/**
 * Where Stripe's dashboard shows an object. The sandbox has no dashboard. Nothing here asks anybody. Read next: TableCell.tsx.
 */
import { useConnections } from "../api/queries";
import type { Frame } from "../api/types";

/** Pages of their own in the dashboard, by data type; what is not here is found by its search. */
const pages: Record<string, string> = {
  accounts: "connect/accounts",
  charges: "payments",
  coupons: "coupons",
  customers: "customers",
  disputes: "disputes",
  events: "events",
  invoices: "invoices",
  payment_intents: "payments",
  payment_links: "payment-links",
  payouts: "payouts",
  prices: "prices",
  products: "products",
  promotion_codes: "promotion_codes",
  quotes: "quotes",
  subscription_schedules: "subscription_schedules",
  subscriptions: "subscriptions",
  topups: "topups",
  transfers: "connect/transfers",
};

export type DashboardMode = "live" | "test" | null;

export function dashboardLink(mode: DashboardMode, dataType: string | null, id: string): string | null {
  if (mode === null || dataType === null || !/^[A-Za-z0-9_-]+$/.test(id)) return null;
  const base = mode === "test" ? "https://dashboard.stripe.com/test" : "https://dashboard.stripe.com";
  const page = Object.hasOwn(pages, dataType) ? pages[dataType] : undefined;
  return page === undefined ? `${base}/search?query=${id}` : `${base}/${page}/${id}`;
}

/** Which dashboard a frame's objects are in; null for the sandbox, and until that is known. */
export function useDashboardMode(frame: Frame): DashboardMode {
  const connections = useConnections();
  if (frame.sandbox || !connections.data) return null;
  const own = connections.data.find(({ name, id }) => name === frame.connection || id === frame.connection);
  if (!own) return null;
  return own.mode === "sandbox" ? null : own.mode;
}
