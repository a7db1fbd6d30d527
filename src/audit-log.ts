/** Where calls that change the platform are recorded. */
export interface AuditLog {
  /** Gets one JSON line before and one after each of them. */
  readonly file: string;
  /** Stands in each line. */
  readonly pipeline: PipelineRun;
}

/** Who made a run, as far as a pipeline of GitHub or GitLab says it. */
export interface PipelineRun {
  /** The commit that is applied. */
  readonly commit?: string;
  /** Id of the pipeline's run. */
  readonly run?: string;
  /** Who set it off. */
  readonly actor?: string;
}

const VARIABLES = {
  commit: ["GITHUB_SHA", "CI_COMMIT_SHA"],
  run: ["GITHUB_RUN_ID", "CI_PIPELINE_ID"],
  actor: ["GITHUB_ACTOR", "GITLAB_USER_LOGIN"],
} as const satisfies Record<keyof PipelineRun, readonly string[]>;

/**
 * @see https://docs.github.com/en/actions/reference/workflows-and-actions/variables
 * @see https://docs.gitlab.com/ci/variables/predefined_variables/
 */
export function pipelineRunOf(environment: NodeJS.ProcessEnv): PipelineRun {
  return Object.fromEntries(
    Object.entries(VARIABLES).flatMap(([field, variables]) => {
      const value = variables.map((name) => environment[name] ?? "").find((text) => text !== "");
      return value === undefined ? [] : [[field, value]];
    }),
  );
}
