/** The talk with the server while the import dialog is open: the plan as one types, the preview, the start. */
import { useDebouncedValue } from "@mantine/hooks";
import { keepPreviousData, useMutation, useQuery } from "@tanstack/react-query";
import { useEffect, useRef } from "react";
import { type ApiProblem, asProblem, post } from "../api/client";
import { keys, queryClient } from "../api/queries";
import type { ImportRequest, PlanInfo, PreviewResult } from "../api/types";
import type { FieldName } from "./form";
import type { Problems } from "./ImportForm";

/** Long enough to type the next letter in, short enough not to be waited for. */
const typingMs = 250;

/** The columns that are kept change neither the plan nor the rows. */
const asked = (request: ImportRequest) => JSON.stringify({ ...request, columns_left_out: [] });

export function usePlan(request: ImportRequest, enabled: boolean) {
  const now = asked(request);
  const [settled] = useDebouncedValue(now, typingMs);
  const plan = useQuery({
    queryKey: ["plan", settled],
    queryFn: ({ signal }) => post<PlanInfo>("/plan", JSON.parse(settled), signal),
    enabled: enabled && settled === now,
    placeholderData: keepPreviousData,
    retry: false,
    // Its end is "now".
    staleTime: 30_000,
    gcTime: 60_000,
  });
  const behind = settled !== now || plan.isPlaceholderData;
  return { plan: plan.isError ? undefined : plan.data, error: plan.error, behind };
}

export function usePreview(request: ImportRequest) {
  const leaving = useRef(new AbortController());
  useEffect(() => {
    const controller = new AbortController();
    leaving.current = controller;
    return () => controller.abort();
  }, []);
  const mutation = useMutation({
    mutationFn: async (wanted: ImportRequest) => {
      // All columns are shown; those left out only lose their tick.
      const body = { ...wanted, columns_left_out: [] };
      return {
        of: asked(wanted),
        result: await post<PreviewResult>("/preview", body, leaving.current.signal),
      };
    },
  });
  return {
    look: () => mutation.mutate(request),
    busy: mutation.isPending,
    error: mutation.error,
    result: mutation.data?.result,
    behind: mutation.data !== undefined && mutation.data.of !== asked(request),
    /** Whether the last look, or its failure, is of what is asked for now. */
    current: mutation.variables !== undefined && asked(mutation.variables) === asked(request),
  };
}

export interface Start {
  name: string;
  request: ImportRequest;
  replace: boolean;
}

export function useStart(onStarted: (frame: string) => void) {
  return useMutation({
    mutationFn: (start: Start) =>
      post<{ run_id: string; frame: string }>("/imports", { ...start, restart: false }),
    onSuccess: ({ frame }) => {
      queryClient.invalidateQueries({ queryKey: keys.frames });
      queryClient.invalidateQueries({ queryKey: keys.frame(frame) });
      queryClient.invalidateQueries({ queryKey: ["runs"] });
      onStarted(frame);
    },
  });
}

/** Errors by the field they belong to; the others are shown by themselves. */
export function sorted(errors: unknown[]): { fields: Problems; others: ApiProblem[] } {
  const fields: Problems = {};
  const others: ApiProblem[] = [];
  for (const error of errors) {
    if (error === null || error === undefined) continue;
    const problem = asProblem(error);
    if (problem.field !== null) fields[problem.field as FieldName] ??= problem;
    else if (!others.some((other) => other.message === problem.message)) others.push(problem);
  }
  return { fields, others };
}
