/** A month to pick a day from; apart, since most people type. */
import "@mantine/dates/styles.css";
import { DatePicker } from "@mantine/dates";

const labels = {
  previousMonth: "Month before",
  nextMonth: "Month after",
  previousYear: "Year before",
  nextYear: "Year after",
  previousDecade: "Decade before",
  nextDecade: "Decade after",
};

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
      hideOutsideDates
      weekendDays={[]}
      ariaLabels={labels}
      maxDate={new Date()}
      onChange={(picked) => picked && onPick(picked)}
    />
  );
}
