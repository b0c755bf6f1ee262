/**
 * The SQL editor's parts: highlighting, completion, keys, colours from page.css, and the mark under an error. Esc then Tab leaves
 * the editor, as CodeMirror does it. Never runs a query. Read next: SqlEditor.tsx (the element), completion.ts.
 */
import {
  acceptCompletion,
  autocompletion,
  closeBrackets,
  closeBracketsKeymap,
  closeCompletion,
  completionKeymap,
} from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap, indentWithTab } from "@codemirror/commands";
import { keywordCompletionSource, SQLDialect, sql } from "@codemirror/lang-sql";
import { bracketMatching, HighlightStyle, syntaxHighlighting } from "@codemirror/language";
import { type Extension, Prec, StateEffect, StateField, type Text } from "@codemirror/state";
import {
  Decoration,
  type DecorationSet,
  drawSelection,
  EditorView,
  keymap,
  lineNumbers,
  placeholder,
} from "@codemirror/view";
import { tags } from "@lezer/highlight";
import { type SchemaFrame, schemaCompletion } from "./completion";

export interface Position {
  line: number;
  column: number;
}

/** The words of the SQL that the server reads. A longer list would colour columns such as `id` as keywords. */
const dialect = SQLDialect.define({
  keywords:
    "all and any as asc between by case cast cross current_date current_timestamp desc distinct else end except exists explain extract filter first following for from full group having ilike in inner intersect interval into is join last lateral left like limit natural not null nulls offset on or order outer over partition preceding qualify range recursive right row rows select similar then to unbounded union using values when where window with",
  types:
    "bigint boolean char date decimal double float int integer numeric real smallint text time timestamp varchar",
  builtin: "true false",
  operatorChars: "*+-%<>!=&|~^/:",
});

/** Where a place that the server names is in the text; a place that is not there is the end. */
export function offsetOf(doc: Text, { line, column }: Position): number {
  if (line < 1 || line > doc.lines) return doc.length;
  const at = doc.line(line);
  return Math.min(at.to, at.from + Math.max(0, column - 1));
}

export const markError = StateEffect.define<Position | null>();
const mark = Decoration.mark({ class: "cm-wrong", attributes: { "aria-invalid": "true" } });

const errorField = StateField.define<DecorationSet>({
  create: () => Decoration.none,
  update(marks, transaction) {
    let next = transaction.docChanged ? Decoration.none : marks;
    for (const effect of transaction.effects) {
      if (!effect.is(markError)) continue;
      next = effect.value ? markAt(transaction.state.doc, effect.value) : Decoration.none;
    }
    return next;
  },
  provide: (field) => EditorView.decorations.from(field),
});

/** The word at the place, or at least one character of its line. */
function markAt(doc: Text, position: Position): DecorationSet {
  if (doc.length === 0) return Decoration.none;
  const offset = offsetOf(doc, position);
  const line = doc.lineAt(offset);
  const rest = line.text.slice(offset - line.from);
  const length = /^[\w."]+/.exec(rest)?.[0].length ?? Math.min(1, rest.length);
  const from = length === 0 ? Math.max(line.from, offset - 1) : offset;
  const to = length === 0 ? offset : offset + length;
  return from < to ? Decoration.set([mark.range(from, to)]) : Decoration.none;
}

const colors = HighlightStyle.define([
  { tag: [tags.keyword, tags.operatorKeyword], color: "var(--accent)", fontWeight: "600" },
  { tag: [tags.string, tags.special(tags.string)], color: "var(--good)" },
  { tag: [tags.number, tags.bool, tags.null], color: "var(--warn)" },
  { tag: [tags.lineComment, tags.blockComment], color: "var(--ink-soft)", fontStyle: "italic" },
]);

const look = EditorView.theme({
  "&": {
    fontSize: "13.5px",
    backgroundColor: "var(--page)",
    color: "var(--ink)",
    minHeight: "134px",
    maxHeight: "44vh",
  },
  "&.cm-focused": { outline: "none" },
  ".cm-scroller": { fontFamily: "var(--mantine-font-family-monospace)", lineHeight: "1.6", overflow: "auto" },
  ".cm-content": { caretColor: "var(--ink)", padding: "8px 0" },
  ".cm-gutters": { backgroundColor: "var(--panel)", color: "var(--ink-soft)", border: "none" },
  ".cm-content, .cm-gutter": { minHeight: "130px" },
  ".cm-cursor": { borderLeftColor: "var(--ink)" },
  "&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground": {
    backgroundColor: "var(--accent-soft)",
  },
  ".cm-placeholder": { color: "var(--ink-soft)" },
  ".cm-matchingBracket": { backgroundColor: "var(--accent-soft)", outline: "1px solid var(--line-strong)" },
  ".cm-wrong": {
    textDecoration: "underline wavy var(--bad)",
    textUnderlineOffset: "4px",
    backgroundColor: "var(--bad-soft)",
  },
  ".cm-tooltip": {
    backgroundColor: "var(--raised)",
    color: "var(--ink)",
    border: "1px solid var(--line-strong)",
    borderRadius: "4px",
  },
  ".cm-tooltip-autocomplete > ul": { fontFamily: "var(--mantine-font-family-monospace)", maxHeight: "16em" },
  ".cm-tooltip-autocomplete > ul > li[aria-selected]": {
    backgroundColor: "var(--accent)",
    color: "var(--page)",
  },
  ".cm-completionDetail": { color: "var(--ink-soft)", fontStyle: "normal" },
  "li[aria-selected] .cm-completionDetail": { color: "inherit" },
});

interface EditorOptions {
  schema: () => SchemaFrame[];
  onChange: (text: string) => void;
  onRun: () => void;
  attributes: Record<string, string>;
}

export function editorParts({ schema, onChange, onRun, attributes }: EditorOptions): Extension[] {
  const run = (view: EditorView) => {
    // What is offered would lie over the result.
    closeCompletion(view);
    onRun();
    return true;
  };
  return [
    Prec.highest(
      keymap.of([
        { key: "Mod-Enter", run },
        { key: "Ctrl-Enter", run },
        { key: "Tab", run: acceptCompletion },
      ]),
    ),
    lineNumbers(),
    history(),
    drawSelection(),
    bracketMatching(),
    closeBrackets(),
    sql({ dialect }),
    autocompletion({
      override: [schemaCompletion(schema), keywordCompletionSource(dialect)],
      icons: false,
      maxRenderedOptions: 60,
    }),
    syntaxHighlighting(colors),
    look,
    errorField,
    placeholder("select …"),
    EditorView.lineWrapping,
    EditorView.contentAttributes.of(attributes),
    EditorView.updateListener.of((update) => {
      if (update.docChanged) onChange(update.state.doc.toString());
    }),
    keymap.of([
      ...closeBracketsKeymap,
      ...completionKeymap,
      ...historyKeymap,
      ...defaultKeymap,
      indentWithTab,
    ]),
  ];
}
