/** The element in which a query is written. What it offers and how it looks is in editor.ts. */
import { EditorState } from "@codemirror/state";
import { EditorView } from "@codemirror/view";
import { type Ref, useEffect, useId, useImperativeHandle, useRef } from "react";
import type { SchemaFrame } from "./completion";
import { editorParts, markError, offsetOf, type Position } from "./editor";
import classes from "./sql.module.css";

export interface EditorHandle {
  /** Replaces the whole text, as one step that can be undone. */
  setText: (text: string) => void;
  goTo: (position: Position) => void;
}

interface SqlEditorProps {
  first: string;
  schema: SchemaFrame[];
  wrong: Position | null;
  onChange: (text: string) => void;
  onRun: () => void;
  ref: Ref<EditorHandle>;
}

export function SqlEditor({ first, schema, wrong, onChange, onRun, ref }: SqlEditorProps) {
  const element = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView | null>(null);
  const hint = useId();
  // The editor lives longer than a rendering: it asks here for what is current.
  const current = useRef({ schema, onChange, onRun });
  current.current = { schema, onChange, onRun };
  const start = useRef({ first, hint });

  useEffect(() => {
    if (!element.current) return;
    const extensions = editorParts({
      schema: () => current.current.schema,
      onChange: (text) => current.current.onChange(text),
      onRun: () => current.current.onRun(),
      attributes: { "aria-label": "SQL query", "aria-describedby": start.current.hint, spellcheck: "false" },
    });
    const made = new EditorView({
      state: EditorState.create({ doc: start.current.first, extensions }),
      parent: element.current,
    });
    view.current = made;
    return () => made.destroy();
  }, []);

  useEffect(() => {
    view.current?.dispatch({ effects: markError.of(wrong) });
  }, [wrong]);

  useImperativeHandle(ref, () => ({
    setText: (text) => {
      const at = view.current;
      at?.dispatch({
        changes: { from: 0, to: at.state.doc.length, insert: text },
        selection: { anchor: text.length },
      });
      at?.focus();
    },
    goTo: (position) => {
      const at = view.current;
      at?.dispatch({ selection: { anchor: offsetOf(at.state.doc, position) }, scrollIntoView: true });
      at?.focus();
    },
  }));

  return (
    <div className={classes.editor}>
      <div ref={element} />
      <p id={hint} className={classes.keys}>
        <kbd>Ctrl</kbd> or <kbd>⌘</kbd> + <kbd>Enter</kbd> runs · <kbd>Esc</kbd> then <kbd>Tab</kbd> leaves
        the editor
      </p>
    </div>
  );
}
