/** Providers around the page, and which page an address shows. */
import { MantineProvider } from "@mantine/core";
import { Notifications } from "@mantine/notifications";
import { QueryClientProvider } from "@tanstack/react-query";
import { lazy, Suspense } from "react";
import { queryClient, useCurrencies } from "../api/queries";
import { Home } from "../home/Home";
import { Dialogs } from "./Dialogs";
import { segments, usePath } from "./router";
import { Shell } from "./Shell";
import { theme } from "./theme";

const FramePage = lazy(() => import("../frame/FramePage"));
const SqlTab = lazy(() => import("../sql/SqlTab"));
const OverviewPage = lazy(() => import("../overview/OverviewPage"));
const RunsPage = lazy(() => import("../runs/RunsPage"));
const ConnectionsPage = lazy(() => import("../connections/ConnectionsPage"));

function Page() {
  const [noun, name, tab] = segments(usePath());
  // No page shows an amount before it is known where its point goes. The answer is a moment away.
  if (useCurrencies().isPending) return null;
  if (noun === "frames" && name) return <FramePage key={name} name={name} tab={tab ?? "summary"} />;
  if (noun === "sql") return <SqlTab frame={null} />;
  if (noun === "overview") return <OverviewPage />;
  if (noun === "runs") return <RunsPage />;
  if (noun === "connections") return <ConnectionsPage />;
  return <Home />;
}

export function App() {
  return (
    <QueryClientProvider client={queryClient}>
      <MantineProvider theme={theme} defaultColorScheme="auto">
        <Notifications position="bottom-right" />
        <Shell>
          <Suspense fallback={null}>
            <Page />
          </Suspense>
        </Shell>
        <Dialogs />
      </MantineProvider>
    </QueryClientProvider>
  );
}
