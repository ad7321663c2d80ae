/** The variables that can be used at one place of a template while it is parsed. */
export class VariableNames {
  /** The numbers of the variables of each name, the innermost last. */
  readonly #numbers = new Map<string, number[]>();
  readonly #visible: string[] = [];
  #count = 0;

  /** Number of variables declared in the whole template so far. */
  get count(): number {
    return this.#count;
  }

  /** Declares a variable and gives it a number. It hides an earlier one of the same name until the scope ends. */
  declare(name: string): number {
    const number = this.#count;
    const numbers = this.#numbers.get(name);
    if (numbers === undefined) this.#numbers.set(name, [number]);
    else numbers.push(number);
    this.#visible.push(name);
    this.#count += 1;
    return number;
  }

  /** The number of the variable that a name means at this place; undefined if there is none. */
  find(name: string): number | undefined {
    return this.#numbers.get(name)?.at(-1);
  }

  /** Runs `parse` in a scope of its own: the variables that it declares end with it. */
  scoped<Result>(parse: () => Result): Result {
    const outer = this.#visible.length;
    const result = parse();
    for (const name of this.#visible.splice(outer)) this.#numbers.get(name)?.pop();
    return result;
  }
}
