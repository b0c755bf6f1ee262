/** A month to pick a day from; apart, since most people type. */
import { DatePicker } from "@mantine/dates";

interface CalendarProps {
  /** `2015-11-03`, or null. */
  day: string | null;
  onPick: (day: string) => void;
}

export default function Calendar({ day, onPick }: CalendarProps) {
  return (
    <DatePicker
      value={day}
      defaultDate={day ?? undefined}
      maxDate={new Date()}
      onChange={(picked) => picked && onPick(picked)}
    />
  );
}
