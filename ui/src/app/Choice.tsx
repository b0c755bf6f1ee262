/**
 * One of many: a text field that narrows a list as one types, with a description under each entry.
 * An entry's accessible name is its label alone. Typing an entry's whole label chooses it, with no key more.
 * What was typed and chose nothing stays, with an error, until it is mended or Escape gives it up: a form that goes on
 * regardless would do so with another choice than the one that is read there. Its `checkValidity` tells.
 */
import { Combobox, InputBase, useCombobox } from "@mantine/core";
import { useId } from "@mantine/hooks";
import { type KeyboardEvent, type ReactNode, useEffect, useMemo, useRef, useState } from "react";
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

/** Why what was typed cannot stand; null when it can. */
export function unchosen(options: Option[], typed: string | null, chosen: Option | undefined): string | null {
  if (typed === null || folded(typed) === "") return null;
  if (chosen && folded(chosen.label) === folded(typed)) return null;
  const first = fitting(options, typed).length === 0 ? "fits nothing in the list" : "is not chosen yet";
  const still = chosen ? `${chosen.label} is still chosen` : "nothing is chosen";
  return `“${typed.trim()}” ${first}; ${still}. Choose from the list, or press Escape to keep what is chosen.`;
}

export function Choice(props: ChoiceProps) {
  const { label, value, onChange, options, description, error, placeholder, disabled, nothing } = props;
  const id = useId();
  const chosen = options.find((option) => option.value === value);
  // What was typed and not yet settled; null while nothing was.
  const [typed, setTyped] = useState<string | null>(null);
  // Whether the error is said: not while one types, since half a name fits nothing often.
  const [told, setTold] = useState(false);
  const input = useRef<HTMLInputElement>(null);
  const wrong = useMemo(() => unchosen(options, typed, chosen), [options, typed, chosen]);
  // The form asks the field, so that no form has to hold what is typed in each of its fields.
  useEffect(() => input.current?.setCustomValidity(wrong ?? ""), [wrong]);
  // Chosen from elsewhere: what was typed is of no interest any more.
  const [before, setBefore] = useState(value);
  if (before !== value) {
    setBefore(value);
    if (wrong !== null) setTyped(null);
  }
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
    setTold(false);
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
  const press = (event: KeyboardEvent<HTMLInputElement>) => {
    if (event.nativeEvent.isComposing || typed === null) return;
    if (event.key === "Escape") {
      // Escape gives up what was typed before it closes whatever this field stands in.
      event.stopPropagation();
      setTyped(null);
      combobox.closeDropdown();
    }
    if (event.key !== "Enter") return;
    if (wrong !== null) {
      // Enter settles this field first, and never submits a form that says something else.
      event.preventDefault();
      event.stopPropagation();
      if (first === undefined || !open) setTold(true);
    }
    // The list is drawn after the keys arrive: who types fast presses Enter before anything is marked.
    if (!open || first === undefined || combobox.getSelectedOptionIndex() >= 0) return;
    event.preventDefault();
    choose(first);
  };
  const leave = () => {
    if (wrong === null) setTyped(null);
    else setTold(true);
    combobox.closeDropdown();
  };

  return (
    <Combobox store={combobox} withinPortal disabled={disabled}>
      <Combobox.Target targetType="input" withExpandedAttribute>
        <InputBase
          id={id}
          ref={input}
          label={label}
          description={description}
          error={told && wrong !== null ? <span role="alert">{wrong}</span> : error}
          placeholder={placeholder}
          disabled={disabled}
          autoComplete="off"
          spellCheck={false}
          rightSection={<Combobox.Chevron />}
          rightSectionPointerEvents="none"
          value={typed ?? chosen?.label ?? ""}
          onChange={(event) => type(event.currentTarget.value)}
          onKeyDown={press}
          onInvalid={() => setTold(true)}
          // Typing replaces what stands there, however the field was entered.
          onFocus={(event) => event.currentTarget.select()}
          onClick={(event) => {
            combobox.openDropdown("mouse");
            if (typed === null || told) event.currentTarget.select();
          }}
          onBlur={leave}
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
