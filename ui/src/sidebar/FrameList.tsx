/** The data frames of the library: rows, when they were imported, what is the matter with them. */
import { ActionIcon, Loader, Menu, TextInput, Tooltip } from "@mantine/core";
import { CircleAlert, Clock, Database, Ellipsis, Eye, FileCode2, Search } from "lucide-react";
import { useState } from "react";
import { useLiveRuns } from "../api/events";
import { useFrames, useRuns } from "../api/queries";
import type { Frame, Run } from "../api/types";
import { useNow } from "../app/now";
import { ProblemNote } from "../app/ProblemNote";
import { framePath, Link, segments, usePath } from "../app/router";
import { useTimeZone } from "../app/timeZone";
import { agoText, minuteText } from "../format/dates";
import { countOf, shareText } from "../format/numbers";
import { FrameMenu } from "../frame/FrameMenu";
import { ProgressBar } from "../runs/ProgressBar";
import { stateText } from "../runs/words";
import classes from "./FrameList.module.css";

/** Fewer than this are seen at a glance. */
const searchedFrom = 9;

export function FrameList() {
  const frames = useFrames();
  const runs = useLiveRuns();
  const lost = useLost(frames.data);
  const [wanted, setWanted] = useState("");
  const [noun, open] = segments(usePath());
  if (frames.isError) return <ProblemNote error={frames.error} onRetry={() => frames.refetch()} />;
  if (!frames.data) return <div className={classes.empty} />;
  if (frames.data.length === 0 && lost.length === 0) {
    return <p className={classes.empty}>None yet. Press + to import one.</p>;
  }
  const many = frames.data.length >= searchedFrom;
  const shown = many
    ? frames.data.filter((frame) => frame.name.toLowerCase().includes(wanted.trim().toLowerCase()))
    : frames.data;
  return (
    <>
      {many && (
        <TextInput
          size="xs"
          mx={8}
          mb={6}
          type="search"
          placeholder={`Search ${frames.data.length} data frames`}
          aria-label="Search data frames"
          leftSection={<Search size={14} />}
          value={wanted}
          onChange={(event) => setWanted(event.currentTarget.value)}
        />
      )}
      <ul className={classes.list}>
        {ordered(shown, lost).map((each) =>
          "id" in each ? (
            <LostEntry key={each.id} run={each} current={noun === "frames" && open === each.frame} />
          ) : (
            <Entry
              key={each.name}
              frame={each}
              run={runs.find((run) => run.frame === each.name && run.state === "running")}
              current={noun === "frames" && open === each.name}
            />
          ),
        )}
      </ul>
      {shown.length === 0 && <p className={classes.empty}>No name has “{wanted}” in it.</p>}
    </>
  );
}

/** What is under way or went wrong comes first; all others stay in the server's order. */
export function ordered(frames: Frame[], lost: Run[]): (Frame | Run)[] {
  const ranks = ["importing", "failed", "stopped"];
  const rank = ({ state }: Frame | Run) => {
    const at = ranks.indexOf(state);
    return at < 0 ? ranks.length : at;
  };
  return [...frames, ...lost].sort((one, other) => rank(one) - rank(other));
}

const lostForMs = 24 * 3_600_000;

/** First imports that ended early today: they made no frame, and can be tried again or gone on with. */
function useLost(frames: Frame[] | undefined): Run[] {
  const runs = useRuns(null);
  const now = useNow();
  if (!frames || !runs.data) return [];
  const newest = new Map<string, Run>();
  for (const run of runs.data) if (!newest.has(run.frame)) newest.set(run.frame, run);
  // One that was imported once is not lost but removed.
  const arrived = new Set(runs.data.flatMap((run) => (run.state === "done" ? [run.frame] : [])));
  return [...newest.values()].filter(
    (run) =>
      (run.state === "failed" || run.state === "stopped") &&
      (run.can_continue || !arrived.has(run.frame)) &&
      now - Date.parse(run.started_at) < lostForMs &&
      !frames.some((frame) => frame.name.toLowerCase() === run.frame.toLowerCase()),
  );
}

function LostEntry({ run, current }: { run: Run; current: boolean }) {
  return (
    <li className={classes.entry} data-current={current || undefined}>
      <Link to={framePath(run.frame)} className={classes.link} aria-current={current ? "page" : undefined}>
        <span className={classes.kind}>
          <CircleAlert size={15} className={classes.bad} aria-hidden />
        </span>
        <span className={classes.text}>
          <span className={classes.name} dir="auto">
            {run.frame}
          </span>
          <span className={classes.line}>
            <span className={classes.bad}>{stateText[run.state]}</span> · not there yet
          </span>
        </span>
      </Link>
    </li>
  );
}

interface EntryProps {
  frame: Frame;
  run: Run | undefined;
  current: boolean;
}

function Entry({ frame, run, current }: EntryProps) {
  const [menu, setMenu] = useState(false);
  return (
    <li
      className={classes.entry}
      data-current={current || undefined}
      onContextMenu={(event) => {
        event.preventDefault();
        setMenu(true);
      }}
    >
      <Link to={framePath(frame.name)} className={classes.link} aria-current={current ? "page" : undefined}>
        <span className={classes.kind}>
          <KindIcon frame={frame} />
        </span>
        <span className={classes.text}>
          <span className={classes.name} title={frame.name} dir="auto">
            {frame.name}
          </span>
          {run ? <RunLine run={run} /> : <FrameLine frame={frame} />}
        </span>
        {run && (
          <ProgressBar
            className={classes.progress}
            height={3}
            share={run.share}
            label={`Import of ${frame.name}`}
          />
        )}
      </Link>
      <Menu opened={menu} onChange={setMenu} position="right-start" transitionProps={{ duration: 0 }}>
        <Menu.Target>
          <ActionIcon
            variant="subtle"
            color="gray"
            size="sm"
            className={classes.more}
            aria-label={`Actions for ${frame.name}`}
          >
            <Ellipsis size={15} />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <FrameMenu frame={frame} />
        </Menu.Dropdown>
      </Menu>
    </li>
  );
}

function KindIcon({ frame }: { frame: Frame }) {
  if (frame.state === "importing") return <Loader size={14} aria-hidden />;
  if (frame.state === "failed") return <CircleAlert size={15} className={classes.bad} aria-hidden />;
  if (frame.state === "stale") return <Clock size={15} className={classes.warn} aria-hidden />;
  if (frame.kind === "view") return <Eye size={15} aria-hidden />;
  if (frame.kind === "sql") return <FileCode2 size={15} aria-hidden />;
  return <Database size={15} aria-hidden />;
}

function RunLine({ run }: { run: Run }) {
  return (
    <span className={classes.line}>
      Importing{run.share === null ? "" : ` ${shareText(run.share)}`} · {countOf(run.rows, "row")}
    </span>
  );
}

function FrameLine({ frame }: { frame: Frame }) {
  const now = useNow();
  const zone = useTimeZone();
  const when = frame.imported_at;
  return (
    <span className={classes.line}>
      {frame.state === "failed" && <span className={classes.bad}>Failed · </span>}
      {frame.state === "stale" && <span className={classes.warn}>Stale · </span>}
      {frame.state === "importing" ? "Importing" : countOf(frame.rows, "row")}
      {when !== null && (
        <Tooltip label={`Imported ${minuteText(when, zone)}`} openDelay={600}>
          <span> · {agoText(when, now, zone)}</span>
        </Tooltip>
      )}
    </span>
  );
}
