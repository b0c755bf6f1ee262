/** Starting the sandbox: a local account of made-up data, for trying things out. */
import { useMutation } from "@tanstack/react-query";
import { post } from "../api/client";
import { keys, queryClient } from "../api/queries";
import type { ConnectionInfo } from "../api/types";
import { noteProblem } from "../app/notices";

export function useSandbox(onStarted: (connection: ConnectionInfo) => void) {
  return useMutation({
    mutationFn: () => post<ConnectionInfo>("/sandbox", {}),
    onSuccess: async (connection) => {
      await queryClient.invalidateQueries({ queryKey: keys.connections });
      onStarted(connection);
    },
    onError: noteProblem,
  });
}
