import type { FieldError } from "../../shared/api.ts";

/** Where something is wrong in a file: as a spreadsheet counts rows, by the column's name. Empty: the whole of it. */
export interface Wrong {
  row: string;
  column: string;
  message: string;
}

/** `row 3, dose_mg` or `row 3` or `file`, apart. */
export function wrongPlaces(errors: readonly FieldError[]): Wrong[] {
  return errors.map(({ field, message }) => {
    const [, row = "", column = ""] = /^row (\d+)(?:, (.+))?$/.exec(field) ?? [];
    return { row, column, message };
  });
}

/** Rows under the header that hold something. A line break in quotation marks makes it a few too many. */
export function rowsIn(text: string): number {
  return Math.max(0, text.split(/\r\n|\r|\n/).filter((line) => line.trim()).length - 1);
}
