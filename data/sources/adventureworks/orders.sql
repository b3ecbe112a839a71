-- Reps also sell in territories that they are not assigned to: the line counts where it was sold.
select sale.SalesOrderNumber as order_id,
       row_number() over (partition by sale.SalesOrderNumber order by sale._line) as line,
       sale.OrderDate as date,
       Salesperson.Salesperson as rep,
       Region.Region as territory,
       coalesce(reseller.name, sale.ResellerKey) as customer,
       coalesce(product.name, sale.ProductKey) as product,
       reseller."Business Type" as channel,
       sale.Quantity as quantity,
       sale.Sales as amount,
       sale.Cost as cost,
       sale._line,
       sale._file
from Sales as sale
left join Salesperson using (EmployeeKey)
left join Region using (SalesTerritoryKey)
left join named_resellers as reseller using (ResellerKey)
left join named_products as product using (ProductKey)
