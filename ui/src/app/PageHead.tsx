/** The head of a page: its name, a line on what it is for, and what can be done there. */
import { Title } from "@mantine/core";
import { type ReactNode, useEffect } from "react";
import classes from "./PageHead.module.css";

interface PageHeadProps {
  title: string;
  children?: ReactNode;
  actions?: ReactNode;
}

export function PageHead({ title, children, actions }: PageHeadProps) {
  usePageTitle(title);
  return (
    <header className={classes.head}>
      <div className={classes.text}>
        <Title order={1} size="h2">
          {title}
        </Title>
        {children && <div className={classes.line}>{children}</div>}
      </div>
      {actions && <div className={classes.actions}>{actions}</div>}
    </header>
  );
}

/** What the browser's tab says. */
export function usePageTitle(title: string) {
  useEffect(() => {
    document.title = `${title} · pinstripe`;
  }, [title]);
}
