/**
 * The tab SQL of a frame's page, and the page SQL, which has no frame: an editor, and under it what the query gave.
 * It holds the text and the answer. Read next: SqlEditor.tsx, SqlResultPanel.tsx, sqlQueries.ts.
 */
import { Button } from "@mantine/core";
import { Play, Save, Square } from "lucide-react";
import { useRef, useState } from "react";
import type { Frame } from "../api/types";
import { PageHead } from "../app/PageHead";
import { useSearchEntry } from "../app/router";
import { firstQuery } from "./names";
import { PastQueries } from "./PastQueries";
import { draft, keepDraft } from "./queryHistory";
import { SaveDialog } from "./SaveDialog";
import { type EditorHandle, SqlEditor } from "./SqlEditor";
import { SqlResultPanel } from "./SqlResultPanel";
import classes from "./sql.module.css";
import { ROWS_MAX, useSqlRun, useSqlSchema } from "./sqlQueries";

export default function SqlTab({ frame }: { frame: Frame | null }) {
  const [given] = useSearchEntry("sql");
  const name = frame?.name ?? null;
  const [text, setText] = useState(() => given ?? draft(name) ?? (name === null ? "" : firstQuery(name)));
  const [saveOpened, setSaveOpened] = useState(false);
  const editor = useRef<EditorHandle>(null);
  const schema = useSqlSchema().data ?? [];
  const query = useSqlRun();
  const change = (next: string) => {
    setText(next);
    keepDraft(name, next);
  };
  const run = () => {
    if (text.trim() !== "") query.run(text);
  };
  const wrong = query.problem?.position && query.sql === text ? query.problem.position : null;
  return (
    <section className={classes.page} aria-label="SQL">
      {frame === null && (
        <PageHead title="SQL">
          Ask across all data frames. Columns of nested objects have dots in their names.
        </PageHead>
      )}
      <SqlEditor ref={editor} first={text} schema={schema} wrong={wrong} onChange={change} onRun={run} />
      <div className={classes.bar}>
        {query.running ? (
          <Button
            size="xs"
            color="red"
            variant="light"
            leftSection={<Square size={13} />}
            onClick={query.stop}
          >
            Stop
          </Button>
        ) : (
          <Button size="xs" leftSection={<Play size={13} />} onClick={run} disabled={text.trim() === ""}>
            Run
          </Button>
        )}
        <Button
          size="xs"
          variant="default"
          leftSection={<Save size={14} />}
          disabled={text.trim() === ""}
          onClick={() => setSaveOpened(true)}
        >
          Save…
        </Button>
        <PastQueries onPick={(sql) => editor.current?.setText(sql)} />
      </div>
      <SqlResultPanel
        run={query}
        onGoTo={(position) => editor.current?.goTo(position)}
        onMore={() => query.sql !== null && query.run(query.sql, ROWS_MAX)}
      />
      <SaveDialog sql={text} opened={saveOpened} onClose={() => setSaveOpened(false)} />
    </section>
  );
}
