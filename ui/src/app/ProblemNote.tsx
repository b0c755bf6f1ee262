/** An error as people are shown it anywhere on the page: what failed, why, and what to do. */
import { Alert, Button, Code, Group, Text } from "@mantine/core";
import { CircleAlert } from "lucide-react";
import { type ApiProblem, asProblem } from "../api/client";

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
        {sentence(problem.message)}
      </Text>
      {problem.causes.map((cause) => (
        <Text key={cause} size="sm">
          Caused by: {cause}
        </Text>
      ))}
      {problem.state && <Text size="sm">{sentence(problem.state)}</Text>}
      {problem.hint && (
        <Text size="sm" mt={4}>
          Hint: <Code style={{ whiteSpace: "pre-wrap", overflowWrap: "anywhere" }}>{problem.hint}</Code>
        </Text>
      )}
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

/** The server's errors begin in lower case, as a terminal's do; a page's sentences do not. */
export function sentence(text: string): string {
  return text.charAt(0).toLocaleUpperCase() + text.slice(1);
}

/** The same beneath a field, in its small type. */
export function FieldProblem({ problem }: { problem: ApiProblem }) {
  return (
    <span role="alert">
      {sentence(problem.message)}
      {problem.causes.map((cause) => (
        <span key={cause}>: {cause}</span>
      ))}
      {problem.hint && (
        <>
          <br />
          Hint: {problem.hint}
        </>
      )}
    </span>
  );
}
