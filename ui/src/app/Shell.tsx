/** The frame around every page: the sidebar, and the place where the page goes. */
import { type ReactNode, useState } from "react";
import { useLost } from "../api/events";
import { Sidebar } from "../sidebar/Sidebar";
import { useDialog } from "./dialogs";
import classes from "./Shell.module.css";

const key = "pinstripe.sidebar";

function keptClosed() {
  try {
    return window.localStorage.getItem(key) === "closed";
  } catch {
    return false;
  }
}

export function Shell({ children }: { children: ReactNode }) {
  const dialog = useDialog();
  const lost = useLost();
  const [closed, setClosed] = useState(() => keptClosed() || window.innerWidth < 760);
  const toggle = () => {
    setClosed(!closed);
    try {
      window.localStorage.setItem(key, closed ? "open" : "closed");
    } catch {
      // Then it opens as the window's width says, next time.
    }
  };
  return (
    // A dialog is all there is while it is open, for the keyboard and for assistive technology too.
    <div className={classes.shell} data-closed={closed || undefined} inert={dialog !== null}>
      <a href="#content" className={classes.skip}>
        Skip to content
      </a>
      <Sidebar closed={closed} onToggle={toggle} />
      <main id="content" className={classes.main} tabIndex={-1}>
        {lost && (
          <p role="status" className={classes.lost}>
            pinstripe does not answer. Start it again and open the address that it prints; imports go on where
            they were.
          </p>
        )}
        {children}
      </main>
    </div>
  );
}
