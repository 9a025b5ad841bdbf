// deadline.mjs – no request of a test waits for ever: one that is not answered says so, and its test goes on to fail.
const answerWithinMs = 60000;

const send = globalThis.fetch;
globalThis.fetch = async (resource, options = {}) => {
  if (options.signal) return send(resource, options); // has an end of its own
  try {
    return await send(resource, { ...options, signal: AbortSignal.timeout(answerWithinMs) });
  } catch (error) {
    if (error.name !== 'TimeoutError') throw error;
    throw new Error(`${options.method ?? 'GET'} ${resource} was not answered within ${answerWithinMs / 1000} s`, { cause: error });
  }
};
