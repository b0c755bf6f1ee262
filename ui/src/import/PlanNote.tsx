/** The request plan in words: what will be asked for, from when to when, and what it will cost. */
import { Alert } from "@mantine/core";
import type { PlanInfo } from "../api/types";
import { Marked } from "../app/Marked";
import { sentence } from "../app/sentence";
import { countOf } from "../format/numbers";
import classes from "./PlanNote.module.css";

interface PlanNoteProps {
  plan: PlanInfo | undefined;
  /** The plan is of a moment ago: something was changed since. */
  behind: boolean;
  /** Something in the form is refused, and says so at its place. */
  refused: boolean;
}

export function PlanNote({ plan, behind, refused }: PlanNoteProps) {
  return (
    <section className={classes.plan} aria-label="Request plan" aria-busy={behind}>
      <h3 className={classes.heading}>What will be asked for</h3>
      {plan ? (
        <Plan plan={plan} />
      ) : (
        <p className={classes.text}>
          {refused ? "Nothing yet: see what is marked above." : "Choose what to import to see it here."}
        </p>
      )}
    </section>
  );
}

function Plan({ plan }: { plan: PlanInfo }) {
  return (
    <>
      <p className={classes.text}>
        <Marked text={`${sentence(plan.sentence)}.`} />
      </p>
      <dl className={classes.facts}>
        <dt>From</dt>
        <dd>{plan.from_text ?? "the beginning"}</dd>
        <dt>To</dt>
        <dd>{plan.to_text}</dd>
        <dt>Cost</dt>
        <dd>
          <Marked text={costText(plan)} />
        </dd>
      </dl>
      {plan.notes.map((note) => (
        <Alert key={note} variant="light" color="yellow" p="xs" mt="xs">
          <Marked text={sentence(note)} />
        </Alert>
      ))}
    </>
  );
}

function costText(plan: PlanInfo): string {
  if (plan.estimated_requests === null) return "one request for every 100 objects";
  const requests = `about ${countOf(plan.estimated_requests, "request")}`;
  const rows = plan.estimated_rows === null ? "" : ` for ${countOf(plan.estimated_rows, "row")}`;
  return `${requests}${rows}${plan.estimate_basis ? `, ${plan.estimate_basis}` : ""}`;
}
