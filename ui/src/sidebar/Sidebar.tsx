/** The page's left side: data frames, with a way to add one, and the other pages. Narrow when it is closed. */
import { ActionIcon, Tooltip } from "@mantine/core";
import {
  Cable,
  ChartNoAxesCombined,
  History,
  PanelLeftClose,
  PanelLeftOpen,
  Table2,
  Terminal,
} from "lucide-react";
import type { ReactNode } from "react";
import { useStatus } from "../api/queries";
import { Link, usePath } from "../app/router";
import { Settings } from "../app/Settings";
import { AddDataFrame } from "./AddDataFrame";
import { FrameList } from "./FrameList";
import classes from "./Sidebar.module.css";

const pages: { to: string; label: string; icon: ReactNode }[] = [
  { to: "/overview", label: "Payments overview", icon: <ChartNoAxesCombined size={17} /> },
  { to: "/sql", label: "SQL", icon: <Terminal size={17} /> },
  { to: "/runs", label: "Runs", icon: <History size={17} /> },
  { to: "/connections", label: "Connections", icon: <Cable size={17} /> },
];

interface SidebarProps {
  closed: boolean;
  onToggle: () => void;
}

export function Sidebar({ closed, onToggle }: SidebarProps) {
  return (
    <aside className={classes.sidebar} data-closed={closed || undefined}>
      <div className={classes.brand}>
        {!closed && (
          <Link to="/" className={classes.name}>
            pinstripe
          </Link>
        )}
        <ActionIcon
          variant="subtle"
          color="gray"
          aria-label={closed ? "Open the sidebar" : "Close the sidebar"}
          aria-expanded={!closed}
          onClick={onToggle}
        >
          {closed ? <PanelLeftOpen size={17} /> : <PanelLeftClose size={17} />}
        </ActionIcon>
      </div>
      {closed ? (
        <div className={classes.rail}>
          <AddDataFrame />
          <Tooltip label="Data frames" position="right">
            <ActionIcon variant="subtle" color="gray" aria-label="Show data frames" onClick={onToggle}>
              <Table2 size={17} />
            </ActionIcon>
          </Tooltip>
        </div>
      ) : (
        <section className={classes.frames} aria-labelledby="data-frames">
          <div className={classes.head}>
            <h2 id="data-frames" className={classes.heading}>
              Data Frames
            </h2>
            <AddDataFrame />
          </div>
          <FrameList />
        </section>
      )}
      <Pages closed={closed} />
      <div className={classes.foot}>
        <Settings />
        {!closed && <Version />}
      </div>
    </aside>
  );
}

function Version() {
  const status = useStatus();
  if (!status.data) return null;
  return (
    <span className={classes.version}>
      {status.data.version}
      {status.data.demo ? ", demo" : ""}
    </span>
  );
}

function Pages({ closed }: { closed: boolean }) {
  const path = usePath();
  return (
    <nav aria-label="Pages" className={classes.pages}>
      {pages.map(({ to, label, icon }) => (
        <Tooltip key={to} label={label} position="right" disabled={!closed}>
          <Link
            to={to}
            className={classes.page}
            aria-current={path === to ? "page" : undefined}
            aria-label={closed ? label : undefined}
          >
            {icon}
            {!closed && <span>{label}</span>}
          </Link>
        </Tooltip>
      ))}
    </nav>
  );
}
