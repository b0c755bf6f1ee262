/** The custom query: a plain text field that offers what may come next. What is wrong with it is said under it. */
import { TextInput } from "@mantine/core";
import { useId } from "@mantine/hooks";
import { type KeyboardEvent, type ReactNode, useEffect, useLayoutEffect, useRef, useState } from "react";
import type { QueryField as Field } from "../api/types";
import { type Completion, completions } from "./completions";
import classes from "./QueryField.module.css";

interface QueryFieldProps {
  value: string;
  onChange: (query: string) => void;
  fields: Field[];
  error: ReactNode;
}

export function QueryField({ value, onChange, fields, error }: QueryFieldProps) {
  const listId = useId();
  const input = useRef<HTMLInputElement>(null);
  // Where the caret is to be put once the completed text is in the field.
  const caretAfter = useRef<number | null>(null);
  const [caret, setCaret] = useState(value.length);
  const [opened, setOpened] = useState(false);
  const [selected, setSelected] = useState(-1);
  const offered = opened ? completions(value, caret, fields) : null;
  const items = offered?.items ?? [];
  const shown = items.length > 0;

  useLayoutEffect(() => {
    if (caretAfter.current === null) return;
    input.current?.setSelectionRange(caretAfter.current, caretAfter.current);
    caretAfter.current = null;
  });

  const accept = (item: Completion) => {
    if (!offered) return;
    const next = value.slice(0, offered.from) + item.insert + value.slice(offered.to);
    caretAfter.current = offered.from + item.insert.length;
    setCaret(caretAfter.current);
    setSelected(-1);
    onChange(next);
    input.current?.focus();
  };
  const press = (event: KeyboardEvent<HTMLInputElement>) => {
    if (event.nativeEvent.isComposing) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (!shown) return setOpened(true);
      const step = event.key === "ArrowDown" ? 1 : -1;
      setSelected((selected + step + items.length) % items.length);
      return;
    }
    const item = items[selected];
    if (shown && item && (event.key === "Enter" || event.key === "Tab")) {
      event.preventDefault();
      accept(item);
      return;
    }
    if (shown && event.key === "Escape") setOpened(false);
  };
  const follow = () => setCaret(input.current?.selectionStart ?? value.length);

  return (
    <div className={classes.field}>
      <TextInput
        ref={input}
        label="Custom Query String"
        description="field=value, joined by &. Arrow down: fields, operators."
        placeholder="currency=jpy&amount[gt]=100000"
        classNames={{ input: classes.input }}
        autoComplete="off"
        autoCapitalize="off"
        spellCheck={false}
        role="combobox"
        aria-autocomplete="list"
        aria-expanded={shown}
        aria-controls={shown ? listId : undefined}
        aria-activedescendant={shown && selected >= 0 ? `${listId}-${selected}` : undefined}
        // Escape closes the list first, and the dialog only then.
        data-mantine-stop-propagation={shown || undefined}
        value={value}
        onChange={(event) => {
          setCaret(event.currentTarget.selectionStart ?? event.currentTarget.value.length);
          setOpened(true);
          setSelected(-1);
          onChange(event.currentTarget.value);
        }}
        onKeyDown={press}
        onKeyUp={follow}
        onClick={follow}
        onBlur={() => {
          setOpened(false);
          setSelected(-1);
        }}
        error={error}
      />
      {shown && <CompletionList id={listId} items={items} selected={selected} onAccept={accept} />}
    </div>
  );
}

interface CompletionListProps {
  id: string;
  items: Completion[];
  selected: number;
  onAccept: (item: Completion) => void;
}

function CompletionList({ id, items, selected, onAccept }: CompletionListProps) {
  useEffect(() => {
    if (selected >= 0) document.getElementById(`${id}-${selected}`)?.scrollIntoView({ block: "nearest" });
  }, [selected, id]);
  return (
    <div id={id} role="listbox" aria-label="What may come next" className={classes.list}>
      {items.map((item, index) => (
        // biome-ignore lint/a11y/useKeyWithClickEvents: the keys are the text field's
        <div
          key={item.label}
          id={`${id}-${index}`}
          role="option"
          aria-selected={index === selected}
          className={classes.item}
          onMouseDown={(event) => event.preventDefault()}
          onClick={() => onAccept(item)}
          tabIndex={-1}
        >
          <span className={classes.label}>{item.label}</span>
          <span className={classes.detail} aria-hidden>
            {item.detail}
          </span>
        </div>
      ))}
    </div>
  );
}
