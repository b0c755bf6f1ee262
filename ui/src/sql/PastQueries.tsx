/** The list of queries that were run here: one click brings one back. */
import { Button, Popover } from "@mantine/core";
import { History } from "lucide-react";
import { useState } from "react";
import { useStatus } from "../api/queries";
import { agoText } from "../format/dates";
import { countOf } from "../format/numbers";
import { forgetAll, usePastQueries } from "./queryHistory";
import classes from "./sql.module.css";

export function PastQueries({ onPick }: { onPick: (sql: string) => void }) {
  const [opened, setOpened] = useState(false);
  const queries = usePastQueries();
  const zone = useStatus().data?.time_zone ?? "UTC";
  return (
    <Popover
      opened={opened}
      onChange={setOpened}
      position="bottom-end"
      width={440}
      shadow="md"
      trapFocus
      returnFocus
    >
      <Popover.Target>
        <Button
          variant="default"
          size="xs"
          leftSection={<History size={14} />}
          onClick={() => setOpened(!opened)}
        >
          Past queries
        </Button>
      </Popover.Target>
      <Popover.Dropdown p={6} aria-label="Past queries">
        {queries.length === 0 ? (
          <p className={classes.quiet}>Queries that you run are listed here.</p>
        ) : (
          <>
            <ul className={classes.past}>
              {queries.map((query) => (
                <li key={query.at + query.sql}>
                  <button
                    type="button"
                    className={classes.pastEntry}
                    onClick={() => {
                      setOpened(false);
                      onPick(query.sql);
                    }}
                  >
                    <code>{query.sql.replace(/\s+/g, " ").slice(0, 160)}</code>
                    <span>
                      {agoText(query.at, Date.now(), zone)} ·{" "}
                      {query.rows === null ? "failed" : countOf(query.rows, "row")}
                    </span>
                  </button>
                </li>
              ))}
            </ul>
            <Button variant="subtle" size="compact-xs" color="gray" onClick={forgetAll}>
              Forget all
            </Button>
          </>
        )}
      </Popover.Dropdown>
    </Popover>
  );
}
