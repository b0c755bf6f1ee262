/** What a connection could read when it was tried, one data type a line, with what is missing. */
import { Check, CircleHelp, X } from "lucide-react";
import type { TypeAccessInfo } from "../api/types";
import classes from "./AccessList.module.css";
import { accessText } from "./words";

export function AccessList({ access, label }: { access: TypeAccessInfo[]; label: string }) {
  return (
    <ul className={classes.list} aria-label={label}>
      {access.map((type) => (
        <li key={type.data_type} className={classes.type} data-access={type.access}>
          <Mark access={type.access} />
          <span>
            <span className={classes.name}>{type.label}</span>: {accessText(type)}
          </span>
        </li>
      ))}
    </ul>
  );
}

function Mark({ access }: { access: TypeAccessInfo["access"] }) {
  if (access === "readable") return <Check size={14} className={classes.good} aria-hidden />;
  if (access === "needs_parameter") return <CircleHelp size={14} className={classes.unknown} aria-hidden />;
  return <X size={14} className={classes.bad} aria-hidden />;
}
