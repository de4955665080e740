/** What every view gets from the page. */
export interface ViewProps {
  readonly clusterId: string;
  /** The segments of the path after the view's name. */
  readonly rest: readonly string[];
}
