/** Links to Stripe's page that makes a restricted key, with the permissions filled in. Nothing of ours goes with them but those. */
import { Button, Group, Text } from "@mantine/core";
import { ExternalLink } from "lucide-react";
import { useKeyPages } from "./connectionQueries";

interface KeyPageLinksProps {
  name: string;
  dataTypes: string[];
  /** Which of the two are of use. */
  modes?: ("live" | "test")[];
}

const labels = { live: "Open Stripe's key page", test: "The same for test data" };

export function KeyPageLinks({ name, dataTypes, modes = ["live", "test"] }: KeyPageLinksProps) {
  const pages = useKeyPages(name, dataTypes);
  return (
    <div>
      <Group gap="xs">
        {modes.map((mode) => (
          <Button
            key={mode}
            component="a"
            href={pages.data?.[mode] ?? "https://dashboard.stripe.com/apikeys"}
            target="_blank"
            rel="noopener noreferrer"
            size="xs"
            variant={mode === "live" ? "light" : "subtle"}
            rightSection={<ExternalLink size={13} aria-hidden />}
          >
            {modes.length === 1 ? labels.live : labels[mode]}
          </Button>
        ))}
      </Group>
      <Text size="xs" c="dimmed" mt={4}>
        It opens in a new tab with {permissionsText(pages.data?.permissions.length)} filled in: sign in,
        create the key, copy it.
      </Text>
    </div>
  );
}

function permissionsText(count: number | undefined): string {
  if (count === undefined) return "the permissions";
  return count === 1 ? "1 read permission" : `${count} read permissions`;
}
