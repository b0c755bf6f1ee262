/** A run under way on its frame's page, or the one that ended early, with what can be done about it. */
import { Alert, Button, Group, Progress, Text } from "@mantine/core";
import { CircleAlert, Play, Square } from "lucide-react";
import { useState } from "react";
import type { Run } from "../api/types";
import { Marked } from "../app/Marked";
import { Hint } from "../app/ProblemNote";
import { sentence } from "../app/sentence";
import { shareText } from "../format/numbers";
import { cancelRun, continueRun } from "./actions";
import classes from "./RunProgress.module.css";
import { facts } from "./words";

export function RunProgress({ run }: { run: Run }) {
  const [busy, setBusy] = useState(false);
  const act = async (what: (run: Run) => Promise<void>) => {
    setBusy(true);
    await what(run);
    setBusy(false);
  };
  if (run.state === "running") {
    return (
      <section className={classes.card} aria-label={`Import of ${run.frame}`}>
        <Group justify="space-between" wrap="nowrap" mb={10}>
          <Text fw={600} role="status">
            Importing{run.from_command_line ? ", started from the command line" : ""}
          </Text>
          {run.can_cancel && (
            <Button
              size="xs"
              variant="default"
              leftSection={<Square size={13} />}
              loading={busy}
              onClick={() => act(cancelRun)}
            >
              Cancel
            </Button>
          )}
        </Group>
        <Progress
          size="lg"
          value={run.share === null ? 100 : run.share * 100}
          animated={run.share === null}
          striped={run.share === null}
          aria-label={run.share === null ? "Under way" : `${shareText(run.share)} of the date range`}
        />
        <Facts run={run} />
        <Text size="sm" c="dimmed" mt={8}>
          {sentence(run.sentence)}
        </Text>
        {run.notes.map((note) => (
          <Text key={note} size="sm" c="dimmed">
            {sentence(note)}
          </Text>
        ))}
      </section>
    );
  }
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
      {run.can_continue && (
        <Group gap="sm" mt="sm">
          <Button size="xs" leftSection={<Play size={13} />} loading={busy} onClick={() => act(continueRun)}>
            Go on
          </Button>
          <Text size="sm" c="dimmed">
            What has been read is kept and not asked for again.
          </Text>
        </Group>
      )}
    </Alert>
  );
}

function Facts({ run }: { run: Run }) {
  return (
    <dl className={classes.facts}>
      {facts(run).map(({ label, value }) => (
        <div key={label} className={classes.fact}>
          <dt>{label}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
