/** A frame's versions at the server: the list, what one changed, and bringing one back. */
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { get, post, segment } from "../api/client";
import { keys } from "../api/queries";
import type { Frame, VersionChanges, VersionInfo } from "../api/types";

const path = (frame: string) => `/frames/${segment(frame)}/versions`;

export const useVersions = (frame: Frame) =>
  useQuery({
    queryKey: [...keys.frame(frame.name), "versions", frame.version],
    queryFn: ({ signal }) => get<VersionInfo[]>(path(frame.name), signal),
  });

/** Asked for when a version is opened: two versions of a large frame are compared row by row. */
export const useChanges = (frame: string, version: number, opened: boolean) =>
  useQuery({
    queryKey: [...keys.frame(frame), "changes", version],
    queryFn: ({ signal }) => get<VersionChanges>(`${path(frame)}/${version}/changes`, signal),
    enabled: opened,
    staleTime: Number.POSITIVE_INFINITY,
  });

export function useRestore(frame: string) {
  const client = useQueryClient();
  return async (version: number) => {
    const restored = await post<Frame>(`${path(frame)}/${version}/restore`);
    await client.invalidateQueries({ queryKey: keys.frame(frame) });
    client.invalidateQueries({ queryKey: keys.frames });
    return restored;
  };
}
