/** The frame around every page: the sidebar, and the place where the page goes. */
import type { ReactNode } from "react";

export function Shell({ children }: { children: ReactNode }) {
  return <main>{children}</main>;
}
