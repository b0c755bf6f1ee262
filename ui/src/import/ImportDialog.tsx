/**
 * The import dialog: what to bring at the left, its first rows at the right.
 * It holds the form and decides when to ask; the fields are in ImportForm.tsx, the asking in useImport.ts.
 */
import { Alert, Button, Group, Modal } from "@mantine/core";
import { type FormEvent, type KeyboardEvent, useRef, useState } from "react";
import { ApiProblem } from "../api/client";
import { useConnections, useDataTypes, useFrames, useStatus } from "../api/queries";
import type { Frame, ImportRequest } from "../api/types";
import { ProblemNote } from "../app/ProblemNote";
import { framePath, navigate } from "../app/router";
import { countOf } from "../format/numbers";
import { type Filled, keepAsked } from "./askedRequests";
import {
  emptyForm,
  type ImportForm as Form,
  formOf,
  keepConnection,
  requestOf,
  usualConnection,
} from "./form";
import { proposedName, sameName } from "./frameNames";
import classes from "./ImportDialog.module.css";
import { ImportForm } from "./ImportForm";
import { PlanNote } from "./PlanNote";
import { Preview } from "./Preview";
import { sorted, usePlan, usePreview, useStart } from "./useImport";

const mac = /Mac|iPhone|iPad/.test(window.navigator.userAgent);

interface ImportDialogProps {
  /** The frame whose import is edited, if there is one already. */
  frame: Frame | null;
  connection: string | null;
  /** The data type that is chosen at first, where something leads to it. */
  dataType: string | null;
  /** What the fields hold at first, after an import that ended early. */
  filled: Filled | null;
  onClose: () => void;
}

export default function ImportDialog({ onClose, ...about }: ImportDialogProps) {
  return (
    <Modal
      opened
      onClose={onClose}
      size="min(1320px, 96vw)"
      title={about.frame ? `Edit the import of ${about.frame.name}` : "Import from Stripe"}
      transitionProps={{ duration: 0 }}
      yOffset="3vh"
      xOffset="2vw"
      classNames={{ content: classes.content, body: classes.body, header: classes.header }}
      closeOnClickOutside={false}
      closeOnEscape={false}
      onKeyDown={(event) => leaves(event) && onClose()}
    >
      <Contents {...about} onClose={onClose} />
    </Modal>
  );
}

function Contents({ frame, connection, dataType, filled, onClose }: ImportDialogProps) {
  const [form, change] = useForm(frame, connection, dataType, filled);
  const element = useRef<HTMLFormElement>(null);
  const status = useStatus();
  const frames = useFrames();
  const connections = useConnections();
  const ready = status.isSuccess && connections.isSuccess;
  const timeZone = form.timeZone ?? status.data?.time_zone ?? "UTC";
  const request = { ...requestOf(form), time_zone: timeZone };
  const { plan, error: planError, behind } = usePlan(request, form.dataType !== null && ready);
  const preview = usePreview(request);
  const start = useBeginning(form, request, frame, onClose);
  const { fields, others } = sorted([
    start.problem,
    // That no connection is chosen is no news before anything was asked for.
    form.connection === null && !preview.current && !start.tried ? null : planError,
    preview.current ? preview.error : null,
  ]);
  const previewFailed = preview.current && others.some((other) => other === preview.error);
  const edit = (part: Partial<Form>) => {
    if (part.name !== undefined) start.forget();
    change(part);
  };
  const begin = (replace: boolean) => settled(element.current) && start.begin(replace);
  const press = (event: KeyboardEvent<HTMLFormElement>) => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    begin(false);
  };
  const look = (event: FormEvent) => {
    event.preventDefault();
    if (settled(element.current)) preview.look();
  };
  return (
    <form ref={element} className={classes.form} onSubmit={look} noValidate onKeyDown={press}>
      <div className={classes.panes}>
        <div className={classes.fields}>
          <ImportForm form={{ ...form, timeZone }} onChange={edit} problems={fields}>
            {start.taken && (
              <Replace
                frame={start.taken}
                onReplace={() => begin(true)}
                onOther={() => edit({ name: proposedName(form.name.trim(), namesOf(frames.data)) })}
              />
            )}
          </ImportForm>
          <div className={classes.plan}>
            <PlanNote plan={plan} behind={behind} refused={planError !== null} />
          </div>
          {others
            .filter((other) => other !== preview.error)
            .map((other) => (
              <ProblemNote key={other.message} error={other} />
            ))}
        </div>
        <Preview
          result={preview.result}
          busy={preview.busy}
          behind={preview.behind}
          error={previewFailed ? preview.error : null}
          timeZone={timeZone}
          leftOut={form.columnsLeftOut}
          onLeftOut={(columnsLeftOut) => change({ columnsLeftOut })}
        />
      </div>
      <Group className={classes.foot} justify="flex-end" gap="sm">
        <span className={classes.shortcut}>{mac ? "⌘" : "Ctrl+"}Enter imports</span>
        <Button variant="subtle" color="gray" onClick={onClose}>
          Cancel
        </Button>
        <Button type="submit" variant="default" loading={preview.busy}>
          Preview
        </Button>
        <Button aria-keyshortcuts="Control+Enter" onClick={() => begin(false)} loading={start.busy}>
          Import
        </Button>
      </Group>
    </form>
  );
}

/** Whether each field says what is meant. One whose text chose nothing shows its error when asked, and is gone to. */
function settled(form: HTMLFormElement | null): boolean {
  if (form === null || form.checkValidity()) return true;
  form.querySelector<HTMLInputElement>("input:invalid")?.focus();
  return false;
}

/** Starting the import: a name that is taken is asked about first, and what was changed since is forgotten. */
function useBeginning(form: Form, request: ImportRequest, frame: Frame | null, onClose: () => void) {
  const frames = useFrames();
  const [taken, setTaken] = useState<Frame | null>(null);
  const [unnamed, setUnnamed] = useState<ApiProblem | null>(null);
  const name = form.name.trim();
  const start = useStart((started) => {
    keepConnection(form.connection);
    onClose();
    navigate(framePath(started));
  });
  const begin = (replace: boolean) => {
    if (name === "") return setUnnamed(noName());
    const there = frames.data?.find((each) => sameName(each.name, name));
    if (there && !replace && there.name !== frame?.name) return setTaken(there);
    setTaken(null);
    keepAsked({ name, request });
    start.mutate({ name, request, replace: replace || there !== undefined });
  };
  const forget = () => {
    setTaken(null);
    setUnnamed(null);
  };
  const asked = start.variables;
  const same = asked?.name === name && JSON.stringify(asked.request) === JSON.stringify(request);
  const problem = unnamed ?? (same ? start.error : null);
  return { begin, forget, taken, problem, tried: same || unnamed !== null, busy: start.isPending };
}

/** Escape closes what is on top first: a list, a calendar or another dialog, none of which is inside this one. */
function leaves(event: KeyboardEvent<HTMLElement>): boolean {
  const target = event.target as HTMLElement;
  const listOpen = target.getAttribute("data-mantine-stop-propagation") === "true";
  return event.key === "Escape" && !listOpen && event.currentTarget.contains(target);
}

const namesOf = (frames: Frame[] | undefined) => (frames ?? []).map((each) => each.name);

function noName(): ApiProblem {
  const detail = { kind: "name", message: "a data frame needs a name", causes: [], hint: null };
  return new ApiProblem(0, { ...detail, state: null, field: "name", position: null });
}

/** The form, with the name proposed and the connection chosen until a person does. */
function useForm(
  frame: Frame | null,
  connection: string | null,
  dataType: string | null,
  filled: Filled | null,
): [Form, (change: Partial<Form>) => void] {
  const [form, setForm] = useState(() => {
    if (filled) return formOf(filled, filled.request);
    return frame?.request ? formOf(frame, frame.request) : emptyForm(connection, dataType);
  });
  const connections = useConnections();
  const types = useDataTypes();
  const frames = useFrames();
  const known = connections.data;
  const there = known?.some((each) => each.id === form.connection) ?? true;
  // A sandbox is the same business at every start, under another id.
  const again = frame?.sandbox ? known?.find((each) => each.kind === "sandbox")?.id : undefined;
  const chosen =
    there && form.connection !== null ? form.connection : (again ?? usualConnection(known ?? []));
  const type = types.data?.find((each) => each.name === form.dataType);
  const proposed = form.nameTyped || !type ? form.name : proposedName(type.name, namesOf(frames.data));
  const change = (part: Partial<Form>) =>
    setForm((now) => ({ ...now, name: proposed, connection: chosen, ...part }));
  return [{ ...form, name: proposed, connection: chosen }, change];
}

interface ReplaceProps {
  frame: Frame;
  onReplace: () => void;
  onOther: () => void;
}

function Replace({ frame, onReplace, onOther }: ReplaceProps) {
  return (
    <Alert color="yellow" variant="light" p="sm" role="alert">
      {frame.state === "importing"
        ? `A data frame named ${frame.name} is being imported. This import would replace what comes of that one.`
        : `A data frame named ${frame.name} exists, with ${countOf(frame.rows, "row")}. Its rows would be replaced; what it held stays in its History.`}
      <Group gap="xs" mt="xs">
        <Button size="xs" color="yellow.9" onClick={onReplace} autoFocus>
          Replace it
        </Button>
        <Button size="xs" variant="default" onClick={onOther}>
          Use another name
        </Button>
      </Group>
    </Alert>
  );
}
