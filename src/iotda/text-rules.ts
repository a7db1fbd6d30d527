import type { Failure } from "../pulumi/kind";
import { isKnown } from "../pulumi/inputs";

export interface TextRule {
  /** Default: 1. */
  readonly least?: number;
  readonly most: number;
  /** As within the brackets of a regular expression; absent: any. */
  readonly characters?: string;
}

/** How long a text may be and of which characters; the platform's answer is always IOTDA.000006. */
export function textRule(path: string, value: string | undefined, rule: TextRule): Failure[] {
  if (value === undefined || !isKnown(value)) return [];
  const { least = 1, most, characters } = rule;
  const length = charactersOf(value).length;
  if (length < least || length > most) {
    const wanted = least === most ? `exactly ${most}` : `${least} to ${most}`;
    return [{ path, reason: `has ${length} characters; it must have ${wanted} (IOTDA.000006).` }];
  }
  if (characters === undefined) return [];
  const wrong = charactersOf(value).find((one) => !new RegExp(`^[${characters}]$`, "u").test(one));
  return wrong === undefined
    ? []
    : [
        {
          path,
          reason: `has the character ${JSON.stringify(wrong)}; it may have ${spelledOut(characters)} only (IOTDA.000006).`,
        },
      ];
}

/** The platform's limits count characters, not halves of them. */
function charactersOf(value: string): string[] {
  return Array.from(value);
}

export function listRule(
  path: string,
  list: readonly string[] | undefined,
  most: number,
  rule: TextRule,
): Failure[] {
  if (list === undefined || !isKnown(list)) return [];
  if (list.length > most) {
    return [{ path, reason: `has ${list.length} entries; ${most} are the most (IOTDA.000006).` }];
  }
  // The first tells enough: a list of thousands is usually wrong in one way.
  const [first] = list.flatMap((value, index) => textRule(`${path}[${index}]`, value, rule));
  return first === undefined ? [] : [first];
}

function spelledOut(characters: string): string {
  return characters
    .replace("A-Za-z0-9", "letters, digits, ")
    .replace("A-Fa-f0-9", "hexadecimal digits, ")
    .replace("a-z0-9", "small letters, digits, ")
    .replace(String.raw`\u4e00-\u9fa5`, "Chinese characters, ")
    .replace(/[_.-]/g, (one) => `"${one}", `)
    .replace(/, $/, "");
}
