import { invented, Refusal } from "./error-codes";

type Operator = "=" | "!=" | ">" | "<" | "in" | "not in" | "like";

interface FieldRule {
  readonly operators: readonly Operator[];
  readonly most: number;
  readonly of?: RegExp;
}

const equality = ["=", "!=", "in", "not in"] as const;
const prefix = [...equality, "like"] as const;
const order = ["=", "!=", ">", "<", "in", "not in"] as const;
const tag = ["=", "!=", "like"] as const;

/** The fields of a condition, with the limits of the page's table. */
const fieldRules = {
  app_id: { operators: equality, most: 36, of: /^[A-Za-z0-9_-]*$/ },
  product_id: { operators: equality, most: 36, of: /^[A-Za-z0-9_-]*$/ },
  // Ids that the data has given are not always hexadecimal.
  group_id: { operators: equality, most: 36, of: /^[A-Za-z0-9_-]*$/ },
  device_id: { operators: equality, most: 128, of: /^[A-Za-z0-9_-]*$/ },
  gateway_id: { operators: equality, most: 128, of: /^[A-Za-z0-9_-]*$/ },
  status: { operators: equality, most: 8, of: /^(ONLINE|OFFLINE|ABNORMAL|INACTIVE|FROZEN)$/ },
  node_type: { operators: equality, most: 8, of: /^(ENDPOINT|GATEWAY)$/ },
  sw_version: { operators: equality, most: 64, of: /^[A-Za-z0-9_.-]*$/ },
  fw_version: { operators: equality, most: 64, of: /^[A-Za-z0-9_.-]*$/ },
  node_id: { operators: prefix, most: 64 },
  device_name: { operators: prefix, most: 256 },
  tag_key: { operators: tag, most: 64 },
  tag_value: { operators: tag, most: 128 },
  create_time: {
    ...{ operators: order, most: 24 },
    of: /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/,
  },
  marker: { operators: order, most: 24, of: /^[0-9a-f]{24}$/ },
} as const satisfies Record<string, FieldRule>;

export type SearchField = keyof typeof fieldRules;

export interface Condition {
  readonly field: SearchField;
  readonly operator: Operator;
  readonly values: readonly string[];
}

/** What a search asks for. */
export interface SearchStatement {
  /** `*`, a field of the reply, or `count`. */
  readonly selected: string;
  /** One of these groups must hold in full; none: all devices. */
  readonly anyOf: readonly (readonly Condition[])[];
  readonly order: "asc" | "desc" | undefined;
  readonly offset: number;
  readonly limit: number;
}

const longest = 400;
const mostConditions = 5;

function refused(problem: string): Refusal {
  return new Refusal(invented.badStatement, `The SQL statement is invalid: ${problem}.`);
}

/** Reads a statement token by token: names and keywords, quoted values, numbers, signs. */
class Reader {
  private readonly tokens: readonly string[];
  private index = 0;

  constructor(text: string) {
    const tokens = text.match(/'[^']*'|[A-Za-z_]\w*|\d+|!=|[^\s]/g) ?? [];
    this.tokens = tokens;
  }

  get isAtEnd(): boolean {
    return this.index >= this.tokens.length;
  }

  /** The next token, whatever it is. */
  next(): string {
    const token = this.tokens[this.index];
    if (token === undefined) throw refused("it ends too early");
    this.index += 1;
    return token;
  }

  /** Takes these words if they come next; keywords are not case-sensitive. */
  takes(...words: readonly string[]): boolean {
    const fits = words.every(
      (word, step) => this.tokens[this.index + step]?.toLowerCase() === word,
    );
    if (fits) this.index += words.length;
    return fits;
  }

  expect(...words: readonly string[]): void {
    if (!this.takes(...words)) throw refused(`${words.join(" ")} is missing`);
  }

  value(): string {
    const token = this.next();
    if (/^'[^']*'$/.test(token)) return token.slice(1, -1);
    throw refused(`a value must stand in single quotes, not ${token}`);
  }

  number(): number {
    const token = this.next();
    if (/^\d{1,9}$/.test(token)) return Number(token);
    throw refused(`a number is missing, not ${token}`);
  }
}

function readSelected(reader: Reader): string {
  if (reader.takes("count", "(", "*", ")") || reader.takes("count", "(", "1", ")")) return "count";
  const selected = reader.next();
  if (selected !== "*" && !/^[a-z_]+$/.test(selected)) throw refused(`${selected} is no field`);
  return selected;
}

function readOperator(reader: Reader): Operator {
  if (reader.takes("not", "in")) return "not in";
  const operators = ["=", "!=", ">", "<", "in", "like"] as const;
  const found = operators.find((operator) => reader.takes(operator));
  if (found === undefined) throw refused(`${reader.next()} is no operator`);
  return found;
}

function readValues(reader: Reader, operator: Operator): readonly string[] {
  if (operator !== "in" && operator !== "not in") return [reader.value()];
  reader.expect("(");
  const values = [reader.value()];
  while (reader.takes(",")) values.push(reader.value());
  reader.expect(")");
  return values;
}

function checkLike(value: string): void {
  if (/^[^%_]{4,}%$/.test(value)) return;
  throw refused("like takes four characters or more and a % at the end");
}

function readCondition(reader: Reader): Condition {
  const name = reader.next();
  if (!Object.hasOwn(fieldRules, name)) throw refused(`${name} is no field of a condition`);
  const field = name as SearchField;
  const { operators, most, of }: FieldRule = fieldRules[field];
  const operator = readOperator(reader);
  if (!operators.includes(operator)) throw refused(`${field} does not take ${operator}`);
  const values = readValues(reader, operator);
  for (const value of values) {
    if (operator === "like") checkLike(value);
    if (value.length > most) throw refused(`a value of ${field} has at most ${String(most)}`);
    if (value !== "" && of?.test(value) === false) throw refused(`${value} is no ${field}`);
  }
  return { field, operator, values };
}

function readWhere(reader: Reader): SearchStatement["anyOf"] {
  const anyOf: Condition[][] = [];
  let count = 0;
  do {
    const all: Condition[] = [];
    do {
      count += 1;
      if (count > mostConditions) throw refused("it has more than five conditions");
      all.push(readCondition(reader));
    } while (reader.takes("and"));
    anyOf.push(all);
  } while (reader.takes("or"));
  return anyOf;
}

function readLimit(reader: Reader): { readonly offset: number; readonly limit: number } {
  const first = reader.number();
  const second = reader.takes(",") ? reader.number() : undefined;
  const [offset, limit] = second === undefined ? [0, first] : [first, second];
  if (limit < 1 || limit > 50) throw refused("limit must be from 1 to 50");
  if (offset > 500) throw refused("the offset must be at most 500");
  return { offset, limit };
}

/** Reads `select ... from device [where ...] [order by marker ...] [limit ...]`. */
export function readStatement(text: string): SearchStatement {
  if (text.length > longest) throw refused("it has more than 400 characters");
  const reader = new Reader(text);
  reader.expect("select");
  const selected = readSelected(reader);
  reader.expect("from", "device");
  const anyOf = reader.takes("where") ? readWhere(reader) : [];
  const isOrdered = reader.takes("order", "by", "marker");
  const order = isOrdered ? (reader.takes("desc") ? "desc" : "asc") : undefined;
  if (order === "asc") reader.takes("asc");
  const page = reader.takes("limit") ? readLimit(reader) : { offset: 0, limit: 10 };
  if (!reader.isAtEnd) throw refused(`${reader.next()} is not expected`);
  return { selected, anyOf, order, ...page };
}
