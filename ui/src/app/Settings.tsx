/** How this browser shows the page: light or dark, and the zone of times. */
import { ActionIcon, Popover, SegmentedControl, Stack, Text, useMantineColorScheme } from "@mantine/core";
import { Settings2 } from "lucide-react";
import { useStatus } from "../api/queries";
import { Choice } from "./Choice";
import { setTimeZone, useTimeZone } from "./timeZone";

export function Settings() {
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const status = useStatus();
  const zone = useTimeZone();
  const zones = status.data?.time_zones ?? [zone];
  return (
    <Popover position="top-start" width={280} trapFocus returnFocus>
      <Popover.Target>
        <ActionIcon variant="subtle" color="gray" aria-label="Settings">
          <Settings2 size={17} />
        </ActionIcon>
      </Popover.Target>
      <Popover.Dropdown>
        <Stack gap="sm">
          <div>
            <Text size="sm" fw={500} mb={4} id="appearance">
              Appearance
            </Text>
            <SegmentedControl
              fullWidth
              size="xs"
              aria-labelledby="appearance"
              value={colorScheme}
              onChange={(value) => setColorScheme(value as typeof colorScheme)}
              data={[
                { value: "auto", label: "System" },
                { value: "light", label: "Light" },
                { value: "dark", label: "Dark" },
              ]}
            />
          </div>
          <Choice
            label="Show times in"
            value={zone}
            onChange={setTimeZone}
            options={zones.map((name) => ({ value: name, label: name }))}
          />
        </Stack>
      </Popover.Dropdown>
    </Popover>
  );
}
