// node schema.js SCHEMA LOG...: says what in the logs is against the schema; 1 when anything is. Run where ajv is installed.
const fs = require("fs");
const Ajv = require(require.resolve("ajv", { paths: [process.cwd()] }));

const [schema, ...logs] = process.argv.slice(2);
const read = (path) => JSON.parse(fs.readFileSync(path, "utf8").replace(/^\uFEFF/, ""));
const ajv = new Ajv({ schemaId: "id", meta: false, allErrors: true, format: "full" });
ajv.addMetaSchema(require(require.resolve("ajv/lib/refs/json-schema-draft-04.json", { paths: [process.cwd()] })));
const validate = ajv.compile(read(schema));
for (const log of logs) {
  if (validate(read(log))) continue;
  for (const error of validate.errors.slice(0, 20)) console.log(`${log}: ${error.dataPath} ${error.message}`);
  process.exitCode = 1;
}
