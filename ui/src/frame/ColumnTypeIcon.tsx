/** A column's type as a sign, and as a word for people. */
import {
  Braces,
  Calendar,
  Coins,
  Hash,
  KeyRound,
  List,
  type LucideIcon,
  ToggleLeft,
  Type,
} from "lucide-react";
import type { Column } from "../api/types";

type Kind = Column["type"] | "money" | "id";

const signs: Record<Kind, { Icon: LucideIcon; word: string }> = {
  text: { Icon: Type, word: "text" },
  integer: { Icon: Hash, word: "whole number" },
  number: { Icon: Hash, word: "number" },
  decimal: { Icon: Hash, word: "decimal" },
  boolean: { Icon: ToggleLeft, word: "true or false" },
  timestamp: { Icon: Calendar, word: "time" },
  list: { Icon: List, word: "list" },
  map: { Icon: Braces, word: "map" },
  object: { Icon: Braces, word: "object" },
  json: { Icon: Braces, word: "JSON" },
  money: { Icon: Coins, word: "amount" },
  id: { Icon: KeyRound, word: "id" },
};

function kindOf(column: Column): Kind {
  if (column.money !== null) return "money";
  if (column.link !== null && column.type === "text") return "id";
  return column.type;
}

export const typeWord = (column: Column) => signs[kindOf(column)].word;

export function ColumnTypeIcon({ column, size = 15 }: { column: Column; size?: number }) {
  const { Icon } = signs[kindOf(column)];
  return <Icon size={size} aria-hidden style={{ flex: "none", color: "var(--ink-soft)" }} />;
}
