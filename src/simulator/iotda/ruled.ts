import { readList, SimulatorInputError } from "../reading";
import { identifier, textProblem, type TextRule } from "./fields";

export type Read<Value> = (value: unknown, where: string) => Value;

export function each<Value>(read: Read<Value>): Read<readonly Value[]> {
  return (value, where) =>
    readList(value, where).map((item, index) => read(item, `${where}[${String(index)}]`));
}

/** A text that keeps to the rule that calls have for it. */
export function ruled(rule: TextRule): Read<string> {
  return (value, where) => {
    const problem = textProblem(value, rule);
    if (problem !== undefined) throw new SimulatorInputError(`${where} ${problem}.`);
    return String(value);
  };
}

export const readIdentifier = ruled(identifier);
