/**
 * The menu of one column's header: sort, filter, pin, move, width, hide. What the pointer does at the header, this does for the
 * keyboard too. Read next: ColumnFilter.tsx, tableLayout.ts.
 */
import { ActionIcon, Button, Divider, Group, Popover, Stack, Text } from "@mantine/core";
import { ArrowDown, ArrowLeft, ArrowRight, ArrowUp, EyeOff, Minus, Pin, PinOff, Plus } from "lucide-react";
import type { ReactNode } from "react";
import type { Column, Sort } from "../api/types";
import { ColumnFilter, type ColumnFilterProps } from "./ColumnFilter";
import { typeWord } from "./ColumnTypeIcon";
import type { PlacedColumn } from "./tableLayout";

export interface ColumnMenuProps extends ColumnFilterProps {
  placed: PlacedColumn;
  /** Where the header is, from the left of the grid. */
  left: number;
  onClose: () => void;
  onSort: (sort: Sort[]) => void;
  onPin: (pinned: boolean) => void;
  onStep: (step: -1 | 1) => void;
  onWidth: (width: number) => void;
  onHide: () => void;
}

export function TableColumnMenu(props: ColumnMenuProps) {
  const { placed, left, onClose } = props;
  const { column } = placed;
  return (
    <Popover
      opened
      onChange={(opened) => !opened && onClose()}
      position="bottom-start"
      trapFocus
      returnFocus
      width={300}
      shadow="md"
      transitionProps={{ duration: 0 }}
      withRoles={false}
    >
      <Popover.Target>
        <div style={{ position: "absolute", top: 44, left, width: 1, height: 1 }} />
      </Popover.Target>
      <Popover.Dropdown role="dialog" aria-label={`Column ${column.name}`}>
        <Stack gap="sm">
          <Title column={column} />
          <Arrangement {...props} />
          <Divider />
          <ColumnFilter {...props} />
        </Stack>
      </Popover.Dropdown>
    </Popover>
  );
}

function Title({ column }: { column: Column }) {
  return (
    <div>
      <Text size="sm" fw={600} style={{ overflowWrap: "anywhere" }}>
        <bdi>{column.name}</bdi>
      </Text>
      <Text size="xs" c="dimmed" lineClamp={3}>
        {typeWord(column)}
        {column.description && `. ${column.description}`}
      </Text>
    </div>
  );
}

function Arrangement({ placed, view, onSort, onPin, onStep, onWidth, onHide }: ColumnMenuProps) {
  const { name } = placed.column;
  const sorted = view.sort.find((entry) => entry.column === name);
  const sort = (descending: boolean) => {
    const isSo = sorted?.descending === descending;
    onSort(isSo ? view.sort.filter((entry) => entry !== sorted) : [{ column: name, descending }]);
  };
  const button = (label: string, icon: ReactNode, onClick: () => void, pressed?: boolean) => (
    <Button
      size="compact-xs"
      variant={pressed ? "light" : "default"}
      leftSection={icon}
      aria-pressed={pressed}
      onClick={onClick}
    >
      {label}
    </Button>
  );
  return (
    <Stack gap={6}>
      <Group gap={6}>
        {button("Ascending", <ArrowUp size={13} />, () => sort(false), sorted?.descending === false)}
        {button("Descending", <ArrowDown size={13} />, () => sort(true), sorted?.descending === true)}
      </Group>
      {acrossCurrencies(placed.column) && (
        <Text size="xs" c="dimmed">
          By Stripe's smallest unit, across currencies
        </Text>
      )}
      <Group gap={6}>
        {placed.pinned
          ? button("Unpin", <PinOff size={13} />, () => onPin(false))
          : button("Pin", <Pin size={13} />, () => onPin(true))}
        {button("Hide", <EyeOff size={13} />, onHide)}
        <Pair
          first={["Move left", <ArrowLeft key="icon" size={13} />, () => onStep(-1)]}
          second={["Move right", <ArrowRight key="icon" size={13} />, () => onStep(1)]}
        />
        <Pair
          first={["Narrower", <Minus key="icon" size={13} />, () => onWidth(placed.width - 24)]}
          second={["Wider", <Plus key="icon" size={13} />, () => onWidth(placed.width + 24)]}
        />
      </Group>
    </Stack>
  );
}

/** Whether rows of several currencies may stand in one order. */
const acrossCurrencies = ({ money }: Column) => money?.currency === null && money.currency_column !== null;

type Action = [label: string, icon: ReactNode, onClick: () => void];

function Pair({ first, second }: { first: Action; second: Action }) {
  return (
    <ActionIcon.Group>
      {[first, second].map(([label, icon, onClick]) => (
        <ActionIcon
          key={label}
          size={22}
          variant="default"
          aria-label={label}
          title={label}
          onClick={onClick}
        >
          {icon}
        </ActionIcon>
      ))}
    </ActionIcon.Group>
  );
}
