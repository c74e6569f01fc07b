/* Calls in tests that make no coroutine there, or are not come to: behind what is to raise, with a name patched that is not there, of what the
 * file has put something else in the place of, with a fixture that is not there. */
#include "finding/expected_errors.h"
#include "finding/pass.h"
#include "finding/unawaited.h"
#include "program/fixtures.h"
#include "program/imports.h"

enum { NODES_MOST = 20000 /* that one question looks at */ };

static Str last_name(Node n)
{
    return node_text(node_kind(n) == PY_ATTRIBUTE ? node_field(n, F_ATTRIBUTE) : n);
}

/* ---- Patches of what is not there ---- */

/* `patch("app.mod.name")`, of a module that has no such name: AttributeError, before anything else runs. */
static bool patches_in_vain(Pass *pass, Node call)
{
    Node arguments = node_field(call, F_ARGUMENTS), target = node_first(arguments);
    if (node_kind(call) != PY_CALL || !str_is(last_name(node_field(call, F_FUNCTION)), "patch") || node_kind(target) != PY_STRING)
        return false;
    for (Node argument = target; argument.id; argument = node_next(argument)) {
        if (node_kind(argument) == PY_KEYWORD_ARGUMENT && str_is(node_text(node_field(argument, F_NAME)), "create"))
            return false;
    }
    Str text = node_text(target);
    bool is_plain = text.n > 2 && (text.p[0] == '"' || text.p[0] == '\'') && text.p[1] != text.p[0];
    return is_plain && pass->sources &&
           name_is_missing(call.module, pass->sources->scan_of, pass->sources->context, str_slice(text, 1, text.n - 1));
}

static bool decorator_patches_in_vain(Pass *pass, Node definition)
{
    for (Node n = node_first(definition); n.id; n = node_next(n)) {
        if (node_kind(n) == PY_DECORATOR && patches_in_vain(pass, node_unparenthesized(node_first(n))))
            return true;
    }
    return false;
}

static bool with_patches_in_vain(Pass *pass, Node statement)
{
    for (Node item = node_first(node_child_of(statement, PY_WITH_CLAUSE)); item.id; item = node_next(item)) {
        if (patches_in_vain(pass, with_manager(item)))
            return true;
    }
    return false;
}

/* `patch("...").start()` in what runs before each test of the class. */
static bool set_up_patches_in_vain(Pass *pass, Node method)
{
    Str name = node_text(node_field(method, F_NAME));
    if (!str_is(name, "setUp") && !str_is(name, "asyncSetUp") && !str_is(name, "setup_method"))
        return false;
    for (Node n = node_first(node_field(method, F_BODY)); n.id; n = node_next(n)) {
        uint32_t after = node_data(n)->after;
        bool is_simple = node_kind(n) == PY_EXPRESSION_STATEMENT;
        for (uint32_t id = n.id; is_simple && id < after; id++) {
            if (patches_in_vain(pass, node_at(n.module, id)))
                return true;
        }
    }
    return false;
}

static bool class_patches_in_vain(Pass *pass, Node class_)
{
    for (Node n = node_first(node_field(class_, F_BODY)); n.id; n = node_next(n)) {
        if (node_kind(n) == PY_FUNCTION_DEFINITION && set_up_patches_in_vain(pass, n))
            return true;
    }
    return false;
}

static bool is_patched_in_vain(Pass *pass, Node n)
{
    if (!names_find(&n.module->names, STR("patch")))
        return false;
    for (int i = 0; i < CLIMB_MOST && n.id; i++, n = node_parent(n)) {
        PyKind kind = node_kind(n);
        if ((kind == PY_DECORATED_DEFINITION && decorator_patches_in_vain(pass, n)) ||
            (kind == PY_WITH_STATEMENT && with_patches_in_vain(pass, n)) || (kind == PY_CLASS_DEFINITION && class_patches_in_vain(pass, n)))
            return true;
    }
    return false;
}

/* ---- What the file puts in the place of something ---- */

/* `server.client` in `server.client.get()`, of a module: empty, it is something else. */
static Node attribute_of_module(Node call)
{
    Node object = node_field(node_field(call, F_FUNCTION), F_OBJECT), root = node_field(object, F_OBJECT);
    Type type = node_kind(object) == PY_ATTRIBUTE && node_kind(root) == PY_IDENTIFIER ? type_of(root) : (Type){ NULL, 0 };
    return type.count == 1 && type.atoms[0].kind == ATOM_MODULE ? object : node_at(call.module, 0);
}

/* `server.client = Mock()` anywhere in the file. */
static bool is_replaced(Node call)
{
    Node object = node_kind(call) == PY_CALL ? attribute_of_module(call) : node_at(call.module, 0);
    if (!object.id)
        return false;
    Str text = node_text(object);
    for (uint32_t id = 1; id < call.module->tree.count && id < NODES_MOST; id++) {
        Node n = node_at(call.module, id);
        if (node_kind(n) == PY_ASSIGNMENT && str_equal(node_text(node_field(n, F_LEFT)), text))
            return true;
    }
    return false;
}

/* ---- Fixtures that are not there ---- */

/* In a test that pytest does not run: see fixture_is_missing. */
static bool lacks_fixture(Node n)
{
    Program *program = ask_program(n);
    const Function *function = node_function(n);
    if (!program || !function)
        return false;
    Ref test = { ask_file(n), function->number };
    for (uint32_t outer = test.number + 1; outer; outer = program_function(program, test)->outer)
        test.number = outer - 1;
    return fixture_is_missing(program, test);
}

/* `AsyncMock()`: a call of it makes a coroutine. */
static bool is_async_mock(Node value)
{
    return node_kind(value) == PY_CALL && str_is(last_name(node_field(value, F_FUNCTION)), "AsyncMock");
}

/* `comm.send = Mock()` before `comm.send()`, in the same function: of another file's class as well. */
static bool is_assigned_before(Node call)
{
    Node callee = node_kind(call) == PY_CALL ? node_field(call, F_FUNCTION) : node_at(call.module, 0);
    const Function *function = node_function(call);
    NameId name = node_kind(callee) == PY_ATTRIBUTE ? node_data(node_field(callee, F_ATTRIBUTE))->name : 0;
    if (!name || !attribute_binding(call.module, name))
        return false;
    Str text = node_text(callee);
    uint32_t left = NODES_MOST;
    for (uint32_t id = function ? function->node : 1; id < call.id && left; id++, left--) {
        Node n = node_at(call.module, id);
        CoroutineCall made;
        if (node_kind(n) == PY_ASSIGNMENT && node_field(n, F_RIGHT).id && str_equal(node_text(node_field(n, F_LEFT)), text) &&
            node_function(n) == function && !is_async_mock(node_field(n, F_RIGHT)) && !is_coroutine_function(node_field(n, F_RIGHT), &made))
            return true;
    }
    return false;
}

bool unawaited_in_vain_in_test(Pass *pass, Node call)
{
    return is_behind_expected_error(call) || is_replaced(call) || is_assigned_before(call) || is_patched_in_vain(pass, call) || lacks_fixture(call);
}
