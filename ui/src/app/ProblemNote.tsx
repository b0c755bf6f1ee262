/** An error as people are shown it anywhere on the page: what failed, why, and what to do. */
import { Alert, Button, Group, Text } from "@mantine/core";
import { CircleAlert } from "lucide-react";
import { type ApiProblem, asProblem } from "../api/client";
import { Marked } from "./Marked";
import { sentence } from "./sentence";

export { sentence };

interface ProblemNoteProps {
  error: unknown;
  /** Shows a button that tries again. */
  onRetry?: () => void;
}

export function ProblemNote({ error, onRetry }: ProblemNoteProps) {
  const problem = asProblem(error);
  return (
    <Alert color="red" variant="light" icon={<CircleAlert size={18} />} role="alert">
      <Text fw={600} size="sm">
        <Marked text={sentence(problem.message)} />
      </Text>
      {problem.causes.map((cause) => (
        <Text key={cause} size="sm">
          Caused by: <Marked text={cause} />
        </Text>
      ))}
      {problem.state && (
        <Text size="sm">
          <Marked text={sentence(problem.state)} />
        </Text>
      )}
      {problem.hint && <Hint text={problem.hint} />}
      {onRetry && (
        <Group mt="xs">
          <Button size="xs" variant="default" onClick={onRetry}>
            Try again
          </Button>
        </Group>
      )}
    </Alert>
  );
}

export function Hint({ text }: { text: string }) {
  return (
    <Text size="sm" mt={4}>
      Hint: <Marked text={text} />
    </Text>
  );
}

/** The same beneath a field, in its small type. */
export function FieldProblem({ problem }: { problem: ApiProblem }) {
  return (
    <span role="alert">
      <Marked text={sentence(problem.message)} />
      {problem.causes.map((cause) => (
        <span key={cause}>
          : <Marked text={cause} />
        </span>
      ))}
      {problem.hint && (
        <>
          <br />
          Hint: <Marked text={problem.hint} />
        </>
      )}
    </span>
  );
}
