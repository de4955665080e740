/** Fills a message with its values. Pure, so that it can be tested without a page. */

export type Values = Readonly<Record<string, string | number>>;

/** `{n}` becomes the value; `{n|pod|pods}` the value and the word that fits it. Numbers follow the language. */
export function formatMessage(message: string, values: Values, language: string): string {
  return message.replace(
    /\{(\w+)(?:\|([^|}]*)\|([^}]*))?\}/g,
    (whole, name: string, one?: string, other?: string) => {
      const value = values[name];
      if (value === undefined) return whole;
      const text = typeof value === "number" ? value.toLocaleString(language) : value;
      if (one === undefined) return text;
      return `${text} ${value === 1 ? one : (other ?? one)}`;
    },
  );
}
