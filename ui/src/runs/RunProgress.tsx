/** A run under way on its frame's page, or the one that ended early, with what can be done about it. */
import { Alert, Button, Group, Text } from "@mantine/core";
import { CircleAlert, Square } from "lucide-react";
import { useState } from "react";
import type { Run } from "../api/types";
import { Marked } from "../app/Marked";
import { Hint } from "../app/ProblemNote";
import { sentence } from "../app/sentence";
import { shareText } from "../format/numbers";
import { cancelRun } from "./actions";
import { type Flow, useFlow } from "./flow";
import { ProgressBar } from "./ProgressBar";
import classes from "./RunProgress.module.css";
import { RunWays } from "./RunWays";
import { facts } from "./words";

const waitingText: Record<NonNullable<Flow["waiting"]>, string> = {
  refused: "Waiting: Stripe asked to slow down",
  unanswered: "Waiting for an answer",
};

function Running({ run }: { run: Run }) {
  const [busy, setBusy] = useState(false);
  const flow = useFlow(run);
  const cancel = async () => {
    setBusy(true);
    await cancelRun(run);
    setBusy(false);
  };
  const doing = flow.waiting === null ? "Importing" : waitingText[flow.waiting];
  return (
    <section className={classes.card} aria-label={`Import of ${run.frame}`}>
      <Group justify="space-between" wrap="nowrap" mb={10}>
        <Text fw={600} role="status">
          {doing}
          {run.from_command_line ? ", started from the command line" : ""}
        </Text>
        {run.can_cancel && (
          <Button
            size="xs"
            variant="default"
            leftSection={<Square size={13} />}
            loading={busy}
            onClick={cancel}
          >
            Cancel
          </Button>
        )}
      </Group>
      <ProgressBar
        height={12}
        share={run.share}
        still={flow.waiting !== null}
        label={run.share === null ? "Under way" : `${shareText(run.share)} of the date range`}
      />
      <Facts run={run} flow={flow} />
      <Text size="sm" c="dimmed" mt={8}>
        <Marked text={sentence(run.sentence)} />
      </Text>
      {run.notes.map((note) => (
        <Text key={note} size="sm" c="dimmed">
          <Marked text={sentence(note)} />
        </Text>
      ))}
    </section>
  );
}

export function RunProgress({ run }: { run: Run }) {
  if (run.state === "running") return <Running key={run.id} run={run} />;
  if (run.state === "done") return null;
  const failed = run.state === "failed";
  return (
    <Alert
      color={failed ? "red" : "yellow"}
      variant="light"
      icon={<CircleAlert size={18} />}
      role="alert"
      title={failed ? "The last import failed" : "The last import was stopped"}
    >
      {run.error && (
        <Text size="sm">
          <Marked text={sentence(run.error)} />
        </Text>
      )}
      {run.hint && <Hint text={run.hint} />}
      <Facts run={run} />
      <RunWays run={run} />
    </Alert>
  );
}

function Facts({ run, flow }: { run: Run; flow?: Flow }) {
  return (
    <dl className={classes.facts}>
      {facts(run, flow).map(({ label, value }) => (
        <div key={label} className={classes.fact}>
          <dt>{label}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
