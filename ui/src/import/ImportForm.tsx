/** The fields of the import dialog, in the order one fills them in. */
import { Button, Checkbox, TextInput } from "@mantine/core";
import type { ReactNode } from "react";
import type { ApiProblem } from "../api/client";
import { useConnections, useDataTypes, useFields, useStatus } from "../api/queries";
import type { DataTypeInfo } from "../api/types";
import { Choice, type Option } from "../app/Choice";
import { FieldProblem } from "../app/ProblemNote";
import { AddKey } from "../connections/AddKey";
import { useSandbox } from "../connections/sandbox";
import { carried, type RangeName, ranges } from "./dateRanges";
import { aboutConnection, type FieldName, type ImportForm as Form } from "./form";
import classes from "./ImportForm.module.css";
import { QueryField } from "./QueryField";
import { RangeValue } from "./RangeValue";

export type Problems = Partial<Record<FieldName, ApiProblem>>;

interface ImportFormProps {
  form: Form;
  onChange: (change: Partial<Form>) => void;
  problems: Problems;
  children?: ReactNode;
}

const shown = (problem: ApiProblem | undefined): ReactNode => problem && <FieldProblem problem={problem} />;

export function ImportForm({ form, onChange, problems, children }: ImportFormProps) {
  const types = useDataTypes();
  const status = useStatus();
  const fields = useFields(form.dataType);
  const type = types.data?.find((each) => each.name === form.dataType);
  const zones = status.data?.time_zones ?? [];
  return (
    <div className={classes.fields}>
      <TextInput
        label="Data Frame Name"
        data-autofocus
        description="What to call the data."
        autoComplete="off"
        spellCheck={false}
        value={form.name}
        onChange={(event) => onChange({ name: event.currentTarget.value, nameTyped: true })}
        error={shown(problems.name)}
      />
      <ConnectionField form={form} onChange={onChange} problem={problems.connection} />
      {children && <div className={classes.whole}>{children}</div>}
      <div className={classes.whole}>
        <Choice
          label="Data Type"
          description={type?.description ?? "The list to bring."}
          value={form.dataType}
          onChange={(dataType) => onChange({ dataType, search: false, columnsLeftOut: [] })}
          options={(types.data ?? []).map(typeOption)}
          error={shown(problems.data_type)}
          nothing="No data type has that name"
        />
      </div>
      <Choice
        label="Date Range"
        description="By when it was created."
        value={form.range}
        onChange={(range) =>
          onChange({
            range: range as RangeName,
            values: carried(form.values, range as RangeName),
          })
        }
        options={ranges}
        error={shown(problems.date_range)}
      />
      <RangeValue
        range={form.range}
        values={form.values}
        onChange={(values) => onChange({ values })}
        error={shown(problems.value)}
      />
      <div className={classes.whole}>
        <Choice
          label="Time Zone"
          description="Where the days of the date range begin and end."
          value={form.timeZone ?? status.data?.time_zone ?? null}
          onChange={(timeZone) => onChange({ timeZone })}
          options={zones.map((zone) => ({ value: zone, label: zone }))}
          error={shown(problems.time_zone)}
          nothing="No zone has that name"
        />
      </div>
      <div className={classes.whole}>
        <QueryField
          value={form.query}
          onChange={(query) => onChange({ query })}
          fields={fields.data ?? []}
          error={shown(problems.query)}
        />
        {type?.search && (
          <Checkbox
            mt={10}
            size="xs"
            label="Let Stripe's Search filter (it may lag by minutes)"
            checked={form.search}
            onChange={(event) => onChange({ search: event.currentTarget.checked })}
          />
        )}
      </div>
    </div>
  );
}

function typeOption(type: DataTypeInfo): Option {
  return {
    value: type.name,
    label: type.label,
    description: type.description,
    group: type.featured ? "Used most" : "All others",
  };
}

interface ConnectionFieldProps {
  form: Form;
  onChange: (change: Partial<Form>) => void;
  problem: ApiProblem | undefined;
}

function ConnectionField({ form, onChange, problem }: ConnectionFieldProps) {
  const connections = useConnections();
  const sandbox = useSandbox((connection) => onChange({ connection: connection.id }));
  const known = connections.data ?? [];
  const none = connections.isSuccess && known.length === 0;
  return (
    <div className={classes.connection}>
      <Choice
        label="Connection"
        description="Where the data come from."
        placeholder={none ? "None yet" : "Choose one"}
        value={form.connection}
        onChange={(connection) => onChange({ connection })}
        options={known.map((connection) => ({
          value: connection.id,
          label: connection.name,
          description: aboutConnection(connection),
        }))}
        error={shown(problem)}
        nothing="No connection has that name"
      />
      {/* After the field for the keyboard, on its label's line for the eye. */}
      <div className={classes.beside}>
        <AddKey onAdded={(connection) => onChange({ connection: connection.id })} />
      </div>
      {none && (
        <Button
          mt={8}
          size="xs"
          variant="light"
          fullWidth
          loading={sandbox.isPending}
          onClick={() => sandbox.mutate()}
        >
          Use the sandbox
        </Button>
      )}
    </div>
  );
}
