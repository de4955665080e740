/** A dictionary of strings that repeat (namespaces, nodes, reasons): rows hold its numbers. Id 0 is "". */
export class Strings {
  readonly #values: string[] = [""];
  readonly #ids = new Map<string, number>([["", 0]]);

  /** The id of `value`, given out on first sight. Ids are never taken back, so that older states stay readable. */
  id(value: string): number {
    const known = this.#ids.get(value);
    if (known !== undefined) return known;
    const id = this.#values.push(value) - 1;
    this.#ids.set(value, id);
    return id;
  }

  find(value: string): number | undefined {
    return this.#ids.get(value);
  }

  at(id: number): string {
    return this.#values[id] ?? "";
  }
}
