/** A frame's chart at the server: its saved settings, the answer to settings, and saving them a moment after a change. */
import { keepPreviousData, useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { get, post, put, segment } from "../api/client";
import { keys } from "../api/queries";
import type { ChartResult, ChartSettings } from "../api/types";

const SAVED_AFTER_MS = 700;

const path = (frame: string) => `/frames/${segment(frame)}/chart`;
const settingsKey = (frame: string) => [...keys.frame(frame), "chart"];

export const useSavedChart = (frame: string) =>
  useQuery({
    queryKey: settingsKey(frame),
    queryFn: ({ signal }) => get<ChartSettings>(path(frame), signal),
    // What a person is changing is not to be replaced under their hands.
    staleTime: Number.POSITIVE_INFINITY,
  });

export const useChart = (frame: string, settings: ChartSettings | null) =>
  useQuery({
    queryKey: [...keys.frame(frame), "charted", settings],
    queryFn: ({ signal }) => post<ChartResult>(path(frame), settings, signal),
    enabled: settings !== null,
    placeholderData: keepPreviousData,
  });

export type Saving = "idle" | "saving" | "saved" | "failed";

/** Saves the settings it is given once they have been left alone for a moment, and when the tab is left. */
export function useAutosave(frame: string): [Saving, (settings: ChartSettings) => void] {
  const client = useQueryClient();
  const [state, setState] = useState<Saving>("idle");
  const waiting = useRef<{ settings: ChartSettings; timer: number } | null>(null);
  const send = useRef(async () => {});
  send.current = async () => {
    const due = waiting.current;
    if (!due) return;
    waiting.current = null;
    window.clearTimeout(due.timer);
    try {
      await put(path(frame), due.settings);
      client.setQueryData(settingsKey(frame), due.settings);
      if (!waiting.current) setState("saved");
    } catch {
      setState("failed");
    }
  };
  useEffect(() => () => void send.current(), []);
  const save = (settings: ChartSettings) => {
    if (waiting.current) window.clearTimeout(waiting.current.timer);
    waiting.current = { settings, timer: window.setTimeout(() => send.current(), SAVED_AFTER_MS) };
    setState("saving");
  };
  return [state, save];
}
