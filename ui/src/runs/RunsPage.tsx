/** Every run of every import, newest first, those of the command line too. */
import { ActionIcon, Button, Table, Text } from "@mantine/core";
import { ChevronDown, ChevronRight } from "lucide-react";
import { Fragment, useState } from "react";
import { useLiveRuns } from "../api/events";
import { useDataTypes, useRuns } from "../api/queries";
import type { Run } from "../api/types";
import { Marked } from "../app/Marked";
import page from "../app/Page.module.css";
import { PageHead } from "../app/PageHead";
import { ProblemNote } from "../app/ProblemNote";
import { framePath, Link } from "../app/router";
import { sentence } from "../app/sentence";
import { Tag } from "../app/Tag";
import { useTimeZone } from "../app/timeZone";
import { minuteText } from "../format/dates";
import { bytesText, countText, durationText } from "../format/numbers";
import { cancelRun } from "./actions";
import classes from "./RunsPage.module.css";
import { RunWays } from "./RunWays";
import { stateText, stateTone } from "./words";

const step = 100;

export default function RunsPage() {
  const [limit, setLimit] = useState(step);
  const runs = useRuns(null, limit);
  const live = useLiveRuns();
  const known = runs.data ?? [];
  const fresh = live.filter((run) => !known.some((each) => each.id === run.id));
  const all = [...fresh, ...known.map((run) => live.find((each) => each.id === run.id) ?? run)];
  return (
    <div className={page.page}>
      <PageHead title="Runs">Each import, what it asked for and what it brought.</PageHead>
      {runs.isError && <ProblemNote error={runs.error} onRetry={() => runs.refetch()} />}
      {runs.isSuccess && all.length === 0 && <Text c="dimmed">Nothing has been imported yet.</Text>}
      {all.length > 0 && <RunTable runs={all} />}
      {known.length === limit && (
        <Button variant="default" mt="md" onClick={() => setLimit(limit + step)}>
          Show more
        </Button>
      )}
    </div>
  );
}

function RunTable({ runs }: { runs: Run[] }) {
  const [open, setOpen] = useState<string | null>(null);
  return (
    <Table.ScrollContainer minWidth={720} type="native" className={classes.scroll}>
      <Table className={classes.table} verticalSpacing={7}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th w={36}>
              <span className="unseen">Details</span>
            </Table.Th>
            <Table.Th>Data frame</Table.Th>
            <Table.Th>Data type</Table.Th>
            <Table.Th>State</Table.Th>
            <Table.Th>Started</Table.Th>
            <Table.Th ta="right">Time</Table.Th>
            <Table.Th ta="right">Rows</Table.Th>
            <Table.Th ta="right">Requests</Table.Th>
            <Table.Th ta="right">Refusals</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {runs.map((run) => (
            <Fragment key={run.id}>
              <RunRow
                run={run}
                open={open === run.id}
                onOpen={() => setOpen(open === run.id ? null : run.id)}
              />
              {open === run.id && <RunDetails run={run} />}
            </Fragment>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}

function RunRow({ run, open, onOpen }: { run: Run; open: boolean; onOpen: () => void }) {
  const zone = useTimeZone();
  const types = useDataTypes();
  const label = types.data?.find((type) => type.name === run.data_type)?.label ?? run.data_type;
  return (
    <Table.Tr>
      <Table.Td>
        <ActionIcon
          size="sm"
          variant="subtle"
          color="gray"
          aria-expanded={open}
          aria-label={`Details of the run of ${run.frame}`}
          onClick={onOpen}
        >
          {open ? <ChevronDown size={15} /> : <ChevronRight size={15} />}
        </ActionIcon>
      </Table.Td>
      <Table.Td>
        <Link to={framePath(run.frame)}>{run.frame}</Link>
      </Table.Td>
      <Table.Td>{label}</Table.Td>
      <Table.Td>
        <Tag tone={stateTone[run.state]}>{stateText[run.state]}</Tag>
      </Table.Td>
      <Table.Td>{minuteText(run.started_at, zone)}</Table.Td>
      <Table.Td ta="right">{durationText(run.seconds)}</Table.Td>
      <Table.Td ta="right">{countText(run.rows)}</Table.Td>
      <Table.Td ta="right">{countText(run.requests)}</Table.Td>
      <Table.Td ta="right">{countText(run.refused)}</Table.Td>
    </Table.Tr>
  );
}

function RunDetails({ run }: { run: Run }) {
  return (
    <Table.Tr>
      <Table.Td />
      <Table.Td colSpan={8} className={classes.details}>
        <p>
          <Marked text={sentence(run.sentence)} />
        </p>
        <p>
          {[
            run.connection === null ? null : `By ${run.connection}`,
            run.from_command_line ? "from the command line" : null,
            `${countText(run.objects)} objects read, ${bytesText(run.bytes)}`,
            `${countText(run.retries)} requests asked again`,
            run.version === null ? null : `version ${run.version}`,
          ]
            .filter(Boolean)
            .join("; ")}
        </p>
        {run.notes.map((note) => (
          <p key={note}>
            <Marked text={sentence(note)} />
          </p>
        ))}
        {run.error && (
          <p className={classes.error}>
            <Marked text={sentence(run.error)} />
          </p>
        )}
        {run.hint && (
          <p>
            Hint: <Marked text={run.hint} />
          </p>
        )}
        {run.can_cancel && (
          <Button size="compact-sm" variant="default" onClick={() => cancelRun(run)}>
            Cancel
          </Button>
        )}
        {(run.state === "failed" || run.state === "stopped") && <RunWays run={run} />}
      </Table.Td>
    </Table.Tr>
  );
}
