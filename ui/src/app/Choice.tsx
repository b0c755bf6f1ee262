/**
 * One of many: a text field that narrows a list as one types, with a description under each entry.
 * An entry's accessible name is its label alone. Typing an entry's whole label chooses it, with no key more.
 */
import { Combobox, InputBase, useCombobox } from "@mantine/core";
import { useId } from "@mantine/hooks";
import { type KeyboardEvent, type ReactNode, useEffect, useMemo, useState } from "react";
import classes from "./Choice.module.css";

export interface Option {
  value: string;
  label: string;
  description?: string;
  group?: string;
}

interface ChoiceProps {
  label: string;
  value: string | null;
  onChange: (value: string) => void;
  options: Option[];
  description?: ReactNode;
  error?: ReactNode;
  placeholder?: string;
  disabled?: boolean;
  /** What is shown when nothing fits. */
  nothing?: string;
}

/** Drawing more than this helps nobody, and costs time. */
const shownAtMost = 1000;

const folded = (text: string) =>
  text
    .toLowerCase()
    .replaceAll(/[_\s/-]+/g, " ")
    .trim();

/** Those that fit, best first: the whole label, its beginning, a word's beginning, anywhere, the description. */
export function fitting(options: Option[], typed: string): Option[] {
  const wanted = folded(typed);
  if (wanted === "") return options;
  const rank = (option: Option) => {
    const label = folded(option.label);
    if (label === wanted) return 0;
    if (label.startsWith(wanted)) return 1;
    if (label.includes(` ${wanted}`)) return 2;
    if (label.includes(wanted) || folded(option.value).includes(wanted)) return 3;
    return folded(option.description ?? "").includes(wanted) ? 4 : 5;
  };
  const ranked = options.map((option) => ({ option, rank: rank(option) })).filter((each) => each.rank < 5);
  return ranked.sort((left, right) => left.rank - right.rank).map((each) => each.option);
}

export function Choice(props: ChoiceProps) {
  const { label, value, onChange, options, description, error, placeholder, disabled, nothing } = props;
  const id = useId();
  const chosen = options.find((option) => option.value === value);
  // What was typed since the field was entered; null while nothing was.
  const [typed, setTyped] = useState<string | null>(null);
  const combobox = useCombobox({
    // Typing marks the first that fits instead, see below.
    onDropdownOpen: (source) => {
      if (source === "mouse") combobox.updateSelectedOptionIndex("active", { scrollIntoView: true });
    },
    onDropdownClose: () => combobox.resetSelectedOption(),
  });
  const shown = useMemo(() => fitting(options, typed ?? "").slice(0, shownAtMost), [options, typed]);

  // Drawn while it is looked at only: there are hundreds of time zones.
  const open = combobox.dropdownOpened;

  const choose = (next: string) => {
    onChange(next);
    setTyped(null);
    combobox.closeDropdown();
  };
  const type = (text: string) => {
    setTyped(text);
    const whole = options.find((option) => folded(option.label) === folded(text));
    if (whole && whole.value !== value) onChange(whole.value);
    // What was marked stood in the list as it was.
    combobox.resetSelectedOption();
    combobox.openDropdown("keyboard");
  };
  const first = shown[0]?.value;
  // Once the narrowed list is drawn, its first is the one that Enter takes.
  const { selectFirstOption } = combobox;
  useEffect(() => {
    if (open && typed !== null && first !== undefined) selectFirstOption();
  }, [open, typed, first, selectFirstOption]);
  // The list is drawn after the keys arrive: who types fast presses Enter before anything is marked.
  const enter = (event: KeyboardEvent<HTMLInputElement>) => {
    if (event.key !== "Enter" || event.nativeEvent.isComposing) return;
    if (!open || typed === null || first === undefined || combobox.getSelectedOptionIndex() >= 0) return;
    event.preventDefault();
    choose(first);
  };

  return (
    <Combobox store={combobox} withinPortal disabled={disabled}>
      <Combobox.Target targetType="input" withExpandedAttribute>
        <InputBase
          id={id}
          label={label}
          description={description}
          error={error}
          placeholder={placeholder}
          disabled={disabled}
          autoComplete="off"
          spellCheck={false}
          rightSection={<Combobox.Chevron />}
          rightSectionPointerEvents="none"
          value={typed ?? chosen?.label ?? ""}
          onChange={(event) => type(event.currentTarget.value)}
          onKeyDown={enter}
          onClick={(event) => {
            combobox.openDropdown("mouse");
            if (typed === null) event.currentTarget.select();
          }}
          onBlur={() => {
            setTyped(null);
            combobox.closeDropdown();
          }}
        />
      </Combobox.Target>
      <Combobox.Dropdown className={classes.dropdown}>
        {/* Not the field's own label: then two elements would answer to it. */}
        <Combobox.Options aria-label="Choices" className={classes.options} mah={300}>
          {open && shown.length === 0 && <Combobox.Empty>{nothing ?? "Nothing fits"}</Combobox.Empty>}
          {open &&
            shown.map((option, index) => (
              <Entry
                key={option.value}
                option={option}
                active={option.value === value}
                id={`${id}-${index}`}
                onChoose={choose}
                heading={typed === null || typed === "" ? headingAt(shown, index) : null}
              />
            ))}
        </Combobox.Options>
      </Combobox.Dropdown>
    </Combobox>
  );
}

function headingAt(options: Option[], index: number): string | null {
  const group = options[index]?.group ?? null;
  return group !== null && options[index - 1]?.group !== group ? group : null;
}

interface EntryProps {
  option: Option;
  active: boolean;
  id: string;
  heading: string | null;
  onChoose: (value: string) => void;
}

/** What the list needs of an option and no more: with hundreds of them, a component's styles are felt. */
function Entry({ option, active, id, heading, onChoose }: EntryProps) {
  return (
    <>
      {heading !== null && (
        <div className={classes.heading} role="presentation">
          {heading}
        </div>
      )}
      {/* biome-ignore lint/a11y/useKeyWithClickEvents: the keys are the text field's */}
      <div
        id={id}
        role="option"
        tabIndex={-1}
        data-combobox-option
        data-combobox-active={active || undefined}
        aria-selected={active}
        aria-describedby={option.description ? `${id}-about` : undefined}
        className={classes.option}
        // The text field keeps the focus.
        onMouseDown={(event) => event.preventDefault()}
        onClick={() => onChoose(option.value)}
      >
        <span className={classes.name}>{option.label}</span>
        {option.description && (
          // Hidden from the name, which is the label alone; it is the description.
          <span id={`${id}-about`} aria-hidden className={classes.description}>
            {option.description}
          </span>
        )}
      </div>
    </>
  );
}
