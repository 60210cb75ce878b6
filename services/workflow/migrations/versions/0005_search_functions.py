"""How the search reads: uniform views of what can be found, and the two functions that go past row security.

Below a row policy only leakproof operators reach an index, and `&&` of arrays is not one. These functions belong to
the role that passes row security, ask for the tenant themselves, and return only what the arguments let through.
"""

from alembic import op

from shared.migrations import Roles

revision = "0005"
down_revision = "0004"
ROLES = Roles.of("workflow")

VIEWS = {
    "search_tickets": """
        select tenant_id, 'ticket' as entity, id as entity_id, state, priority, due_at, created_at, updated_at,
            due_at < now() and state not in ('RESOLVED', 'CLOSED', 'CANCELLED') as is_overdue,
            coalesce(requester, created_by) as owner, assigned_to_user as assignee, assigned_to_team as team,
            array[created_by, requester, assigned_to_user] as people, null::text as location_id,
            null::text as asset_id, null::text as vendor_id, null::text as required_permission, '{}'::jsonb as data
        from tickets""",
    "search_work_orders": """
        select tenant_id, 'work_order' as entity, id as entity_id, state, priority, due_at, created_at, updated_at,
            due_at < now() and state not in ('COMPLETED', 'CLOSED', 'CANCELLED') as is_overdue,
            coalesce(requester, created_by) as owner, assigned_to_user as assignee, assigned_to_team as team,
            array[created_by, requester, assigned_to_user] || permit_approvers || verifiers as people, location_id,
            asset_id, vendor_id::text as vendor_id, null::text as required_permission, '{}'::jsonb as data
        from work_orders""",
    "search_tasks": """
        select tenant_id, kind as entity, id as entity_id, state, priority, due_at, created_at, updated_at,
            due_at < now() and state not in ('PARTIALLYCOMPLETED', 'COMPLETED', 'AUTOCLOSED') as is_overdue,
            created_by as owner, assigned_to_user as assignee, assigned_to_team as team,
            array[created_by, assigned_to_user] as people, location_id,
            asset_id, null::text as vendor_id, null::text as required_permission, '{}'::jsonb as data
        from tasks""",
    "search_outside": """
        select tenant_id, entity, id as entity_id, state, priority, null::timestamptz as due_at, created_at,
            source_updated_at as updated_at, false as is_overdue,
            owner, assigned_to_user as assignee, assigned_to_team as team, array[owner, assigned_to_user] as people,
            null::text as location_id, null::text as asset_id, null::text as vendor_id, required_permission, data
        from search_documents""",
}
READ = ("search_entries", "search_words", "search_documents", "tickets", "work_orders", "tasks")

# `groups` are arrays of terms, one for each word of the query: an item matches if it has a term of each.
# `seen` are the conditions beyond the words: `viewer` (null = everything), `permissions`, and the filters.
# More than `counted` matches are not counted any further; at most `ranked` are returned: those with a word in
# their title first, then the newest.
MATCHES = """
create function search_matches(
    wanted text, groups text[], seen jsonb, counted integer, ranked integer
) returns table (
    entity_id bigint, title text, title_terms bigint[], terms bigint[], state text, priority text, due_at timestamptz,
    created_at timestamptz, updated_at timestamptz, is_overdue boolean, owner text, assignee text, team text,
    total integer
)
language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp set row_security = on as $$
declare
    tenant uuid := nullif(current_setting('app.tenant_id', true), '')::uuid;
    items text := case wanted when 'ticket' then 'search_tickets' when 'work_order' then 'search_work_orders'
        when 'task' then 'search_tasks' when 'tour' then 'search_tasks' else 'search_outside' end;
    source text;
    has_words text := 'true';
    in_title text := 'true';
    one text;
    ids bigint[];
    titled bigint;
    found integer;
begin
    if tenant is null or cardinality(groups) = 0 then
        return;
    end if;
    foreach one in array groups loop
        has_words := has_words || format(' and e.terms && %L::bigint[]', one);
        in_title := in_title || format(' and e.terms[1:e.title_terms] && %L::bigint[]', one);
    end loop;
    source := format('search_entries e where e.tenant_id = %L and e.entity = %L and %s', tenant, wanted, has_words);
    if items = 'search_outside' or seen <> '{}' then
        source := format('%I r join ', items) || replace(source, ' where ',
            ' on r.tenant_id = e.tenant_id and r.entity = e.entity and r.entity_id = e.entity_id where ')
            || search_conditions(seen);
    end if;
    execute format(
        'select array_agg(m.entity_id order by m.titled desc, m.entity_id desc), count(*), count(*) filter (where'
        ' m.titled) from (select e.entity_id, e.title_terms = cardinality(e.terms) or (%s) as titled from %s'
        ' limit %s) m', in_title, source, counted + 1) into ids, found, titled;
    if found > counted then
        -- Too many to look at all: along the primary key from the newest on, which many matches make short.
        if titled * 2 < found then
            ids := ids[1:least(titled, ranked)];
        else
            ids := null;
            source := source || format(' and (e.title_terms = cardinality(e.terms) or (%s))', in_title);
        end if;
        execute format(
            'select $1 || array_agg(m.entity_id) from (select e.entity_id from %s and e.entity_id <> all ($2)'
            ' order by e.entity_id desc limit %s) m', source, ranked - coalesce(cardinality(ids), 0))
            into ids using ids, coalesce(ids, '{}');
    end if;
    return query execute format(
        'select e.entity_id, e.title, e.terms[1:e.title_terms], e.terms, r.state, r.priority, r.due_at, r.created_at,'
        ' r.updated_at, coalesce(r.is_overdue, false), r.owner, r.assignee, r.team, $1 from search_entries e'
        ' join %I r on r.tenant_id = e.tenant_id and r.entity = e.entity and r.entity_id = e.entity_id'
        ' where e.tenant_id = $2 and e.entity = $3 and e.entity_id = any ($4)', items)
        using found, tenant, wanted, ids[1:ranked];
end
$$
"""
CONDITIONS = """
create function search_conditions(seen jsonb) returns text
language sql immutable set search_path = pg_catalog, public, pg_temp as $$
    select coalesce(string_agg(' and ' || case key
        when 'viewer' then format('(%L = any (r.people) or r.team = any'
            ' (array(select jsonb_array_elements_text(%L))))', value ->> 'person', value -> 'teams')
        when 'permissions' then format('(r.required_permission is null or r.required_permission = any'
            ' (array(select jsonb_array_elements_text(%L))))', value)
        when 'is_overdue' then format('coalesce(r.is_overdue, false) = %L', value #>> '{}')
        when 'created_from' then format('r.created_at >= %L', value #>> '{}')
        when 'created_to' then format('r.created_at <= %L', value #>> '{}')
        when 'updated_from' then format('r.updated_at >= %L', value #>> '{}')
        when 'updated_to' then format('r.updated_at <= %L', value #>> '{}')
        when 'due_from' then format('r.due_at >= %L', value #>> '{}')
        when 'due_to' then format('r.due_at <= %L', value #>> '{}')
        when 'ids' then format('r.entity_id = any (array(select jsonb_array_elements_text(%L)::bigint))', value)
        else case when key in ('state', 'priority', 'location_id', 'asset_id', 'assignee', 'vendor_id')
            then format('r.%I = any (array(select jsonb_array_elements_text(%L)))', key, value)
            else format('lower(r.data ->> %L) = any (array(select lower(jsonb_array_elements_text(%L))))', key, value)
            end
        end, ''), '') from jsonb_each(seen)
$$
"""
WORDS_NEAR = """
create function search_words_near(near bigint[], beginning text, beyond text, shown integer)
returns table (word text, frequency bigint)
language sql stable security definer set search_path = pg_catalog, public, pg_temp set row_security = on as $$
    select w.word, w.frequency from search_words w
    where w.tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::uuid) and w.variants && near
    union
    (select b.word, b.frequency from
        (select w.word, w.frequency from search_words w
         where w.tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::uuid)
         and w.word >= beginning and w.word < beyond order by w.word limit 5000) b
     order by b.frequency desc, b.word limit shown)
$$
"""
CONDITIONS_OF = "search_conditions(jsonb)"
FUNCTIONS = {
    CONDITIONS_OF: CONDITIONS,
    "search_matches(text, text[], jsonb, integer, integer)": MATCHES,
    "search_words_near(bigint[], text, text, integer)": WORDS_NEAR,
}


def upgrade() -> None:
    op.execute(f'grant usage on schema public to "{ROLES.search}"')
    for table in READ:
        op.execute(f'grant select on {table} to "{ROLES.search}"')
    for name, body in VIEWS.items():
        op.execute(f"create view {name} with (security_invoker = true) as {body}")
        op.execute(f'grant select on {name} to "{ROLES.search}"')
    for name, body in FUNCTIONS.items():
        op.execute(body)
        op.execute(f"revoke all on function {name} from public")
        if name != CONDITIONS_OF:
            op.execute(f'grant execute on function {name} to "{ROLES.app}"')
    # Who takes a function over must be able to make one there, at that moment.
    op.execute(f'grant create on schema public to "{ROLES.search}"')
    for name in FUNCTIONS:
        op.execute(f'alter function {name} owner to "{ROLES.search}"')
    op.execute(f'revoke create on schema public from "{ROLES.search}"')


def downgrade() -> None:
    for name in reversed(FUNCTIONS):
        op.execute(f"drop function {name}")
    for name in VIEWS:
        op.execute(f"drop view {name}")
    for table in READ:
        op.execute(f'revoke select on {table} from "{ROLES.search}"')
    op.execute(f'revoke usage on schema public from "{ROLES.search}"')
