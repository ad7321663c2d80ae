/** Ends a problem that the service lists: the next one begins with a place and what was expected, or counts the rest. */
const nextProblem = /; (?=(?:[^\s"]|"(?:[^"\\]|\\.)*")+: (?:expected |line \d)|and \d+ more$)/g;

/** Puts each of several problems of an invalid document on a line of its own. */
export function listedProblems(message: string): string {
  const [, introduction = '', list = ''] = /^(.*? is not valid:) (.*)$/s.exec(message) ?? [];
  const problems = list.split(nextProblem);
  return problems.length < 2 ? message : [introduction, ...problems].join('\n  ');
}
