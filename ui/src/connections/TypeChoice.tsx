/** Which data types a key is to read: a list to tick, those of everyday use ticked at first, the rest found by search. */
import { Checkbox, TextInput } from "@mantine/core";
import { Search } from "lucide-react";
import { useState } from "react";
import { useDataTypes } from "../api/queries";
import type { DataTypeInfo } from "../api/types";
import classes from "./TypeChoice.module.css";

/** The names of those of everyday use; null while they are not known yet. */
export function useUsualTypes(): string[] | null {
  const types = useDataTypes();
  return types.data?.filter((type) => type.featured).map((type) => type.name) ?? null;
}

interface TypeChoiceProps {
  chosen: string[];
  onChange: (chosen: string[]) => void;
}

export function TypeChoice({ chosen, onChange }: TypeChoiceProps) {
  const types = useDataTypes();
  const [wanted, setWanted] = useState("");
  const all = types.data ?? [];
  const text = wanted.trim().toLowerCase();
  const fits = (type: DataTypeInfo) => type.label.toLowerCase().includes(text) || type.name.includes(text);
  // Ticked ones stay in sight: what is asked for is never hidden by being long.
  const shown = all.filter((type) =>
    text === "" ? type.featured || chosen.includes(type.name) : fits(type),
  );
  const toggle = (name: string) =>
    onChange(chosen.includes(name) ? chosen.filter((each) => each !== name) : [...chosen, name]);
  return (
    <fieldset className={classes.field}>
      <legend className={classes.legend}>What it may read</legend>
      <p className={classes.about}>
        Permissions are asked for these alone, and the key is tried for each. {chosen.length} of {all.length}{" "}
        chosen.
      </p>
      <TextInput
        size="xs"
        type="search"
        aria-label="Search data types"
        placeholder={`Search ${all.length} data types`}
        leftSection={<Search size={14} />}
        value={wanted}
        onChange={(event) => setWanted(event.currentTarget.value)}
      />
      <div className={classes.list}>
        {shown.map((type) => (
          <Checkbox
            key={type.name}
            size="xs"
            label={type.label}
            checked={chosen.includes(type.name)}
            onChange={() => toggle(type.name)}
          />
        ))}
        {shown.length === 0 && types.isSuccess && (
          <span className={classes.about}>No data type has that name.</span>
        )}
      </div>
    </fieldset>
  );
}
