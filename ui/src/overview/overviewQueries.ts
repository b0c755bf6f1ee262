/** The overview at the server, and the choices that stand in the page's address. */
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { get } from "../api/client";
import { keys } from "../api/queries";
import type { Overview, OverviewTile as Tile } from "../api/types";

export type { Tile };

export interface OverviewChoice {
  connection: string;
  currency: string | null;
  interval: string | null;
  from: string | null;
  to: string | null;
  time_zone: string;
}

export const useOverview = (choice: OverviewChoice | null) =>
  useQuery({
    // Below the frames' key: an import that ends changes the numbers.
    queryKey: [...keys.frames, "overview", choice],
    queryFn: ({ signal }) => {
      const query = new URLSearchParams();
      for (const [name, value] of Object.entries(choice ?? {})) if (value !== null) query.set(name, value);
      return get<Overview>(`/overview?${query}`, signal);
    },
    enabled: choice !== null,
    placeholderData: keepPreviousData,
  });
