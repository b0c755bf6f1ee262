/** Short messages in the page's corner: what was done, with a way back, or what failed. */
import { Button, Group, Text } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { asProblem } from "../api/client";
import { sentence } from "./sentence";

export function noteDone(message: string) {
  notifications.show({ message, color: "petrol" });
}

/** `undo` is offered for ten seconds. */
export function noteUndoable(message: string, undo: () => Promise<unknown>) {
  const id = notifications.show({
    color: "petrol",
    autoClose: 10_000,
    message: (
      <Group justify="space-between" wrap="nowrap">
        <Text size="sm" style={{ overflowWrap: "anywhere" }}>
          {message}
        </Text>
        <Button
          size="compact-sm"
          variant="light"
          onClick={() => {
            notifications.hide(id);
            undo().catch(noteProblem);
          }}
        >
          Undo
        </Button>
      </Group>
    ),
  });
}

export function noteProblem(error: unknown) {
  const problem = asProblem(error);
  notifications.show({
    color: "red",
    autoClose: 12_000,
    role: "alert",
    title: sentence(problem.message),
    message: [...problem.causes, problem.hint && `Hint: ${problem.hint}`].filter(Boolean).join("\n"),
    styles: { description: { whiteSpace: "pre-wrap", overflowWrap: "anywhere" } },
  });
}
