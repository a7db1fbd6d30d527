// Lints the snippets that arrive on stdin as JSON, `[{ file, text }]`, with the project's own rules,
// and prints the names of the rules that each breaks. A process of its own: the configuration is an
// ES module, which Jest does not load.
import { ESLint } from "eslint";
import { text } from "node:stream/consumers";
import tseslint from "typescript-eslint";

const eslint = new ESLint({
  // The files do not exist, so nothing is known of their types.
  overrideConfig: tseslint.configs.disableTypeChecked,
});

const snippets = JSON.parse(await text(process.stdin));
const findings = [];
for (const { file, text: snippet } of snippets) {
  const results = await eslint.lintText(snippet, { filePath: file });
  findings.push(
    results
      .flatMap((result) => result.messages)
      .map((message) => message.ruleId ?? message.message)
      .filter((rule) => !rule.endsWith("no-unused-vars")),
  );
}
process.stdout.write(JSON.stringify(findings));
