// routes.mjs – the routes there are, as the document of the interface lists them.
import { openapiText } from '../../openapi/bundle.mjs';

/** "METHOD path" of every operation, read from the document without a YAML parser: its layout is fixed. */
export function documentedRoutes() {
  const routes = [];
  let path;
  for (const line of openapiText().split('\n')) {
    if (/^components:/.test(line)) break;
    path = line.match(/^ {2}(\/[^:]*):/)?.[1] ?? path;
    const method = line.match(/^ {4}(get|put|post|delete|patch):/)?.[1];
    if (method) routes.push(`${method.toUpperCase()} ${path}`);
  }
  return routes;
}
