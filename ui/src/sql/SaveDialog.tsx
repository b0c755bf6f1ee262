/** Keeps a query under a name: as a data frame (its rows, now) or as a view (the question, answered anew each time). */
import { Button, Checkbox, Group, Modal, Radio, Stack, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { type ApiProblem, asProblem } from "../api/client";
import { ProblemNote, sentence } from "../app/ProblemNote";
import { framePath, navigate } from "../app/router";
import { useSaveQuery } from "./sqlQueries";

interface SaveDialogProps {
  sql: string;
  opened: boolean;
  onClose: () => void;
}

export function SaveDialog({ sql, opened, onClose }: SaveDialogProps) {
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title="Save this query"
      closeButtonProps={{ "aria-label": "Close" }}
    >
      <SaveForm sql={sql} onClose={onClose} />
    </Modal>
  );
}

function SaveForm({ sql, onClose }: { sql: string; onClose: () => void }) {
  const save = useSaveQuery();
  const [name, setName] = useState("");
  const [as, setAs] = useState<"frame" | "view">("frame");
  const [replace, setReplace] = useState(false);
  const [saving, setSaving] = useState(false);
  const [problem, setProblem] = useState<ApiProblem | null>(null);
  const taken = problem?.field === "name" && problem.kind === "conflict";
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setSaving(true);
    setProblem(null);
    try {
      const frame = await save({ sql, name: name.trim(), as, replace });
      onClose();
      navigate(framePath(frame.name, "table"));
    } catch (error) {
      setProblem(asProblem(error));
      setSaving(false);
    }
  };
  const nameError =
    problem?.field === "name" ? [sentence(problem.message), problem.hint].filter(Boolean).join(": ") : null;
  return (
    <form onSubmit={submit} noValidate>
      <Stack>
        <TextInput
          label="Name"
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
          error={nameError}
          data-autofocus
          required
        />
        <Radio.Group label="Save as" value={as} onChange={(value) => setAs(value as "frame" | "view")}>
          <Stack gap="xs" mt={6}>
            <Radio value="frame" label="Data frame" description="The rows as they are now, stored" />
            <Radio value="view" label="View" description="The query; its rows follow the frames it reads" />
          </Stack>
        </Radio.Group>
        {(taken || replace) && (
          <Checkbox
            label="Replace what is there under this name"
            checked={replace}
            onChange={(event) => setReplace(event.currentTarget.checked)}
          />
        )}
        {problem && problem.field !== "name" && <ProblemNote error={problem} />}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" loading={saving} disabled={name.trim() === ""}>
            Save
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
